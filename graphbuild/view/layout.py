"""Where papers stand on the map: cluster by cluster, then refined by a force model.

A force layout that starts from random places ends as a hairball or takes long. Here every
cluster starts at a place of its own (circles packed around the largest, each beside those that
it cites or is cited by most), and ForceAtlas2 in its LinLog mode refines from there. Papers
without citations stand at the rim.

Sources: Jacomy, Venturini, Heymann & Bastian 2014 (ForceAtlas2, doi:10.1371/journal.pone.0098679);
Noack 2009 (LinLog and modularity, doi:10.1103/PhysRevE.79.026102); Hockney & Eastwood 1988 for the
repulsion by particle mesh, which makes an iteration linear in papers and citations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphbuild.tables import CitationIndex

if TYPE_CHECKING:
    from scipy.spatial import KDTree

__all__ = ["positions", "separate"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Integers = np.ndarray[Any, np.dtype[np.integer[Any]]]

ITERATIONS = 200
# Past this many clusters the rest are small: they go around the packed ones in a spiral.
PACKED = 200
GRAVITY = 0.4
# A citation between clusters pulls less than one inside, so that clusters keep their shapes.
BETWEEN_CLUSTERS = 0.4
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def positions(index: CitationIndex, communities: Integers, *, seed: int = 0) -> Floats:
    """Place every paper in the plane.

    Parameters
    ----------
    index
        The citations; their direction does not matter here.
    communities
        Shape (papers,): each paper's cluster from 1, or 0 for none. Papers of one cluster start,
        and mostly end, side by side.
    seed
        Of the small random shifts that keep papers apart at the start.

    Returns
    -------
    numpy.ndarray
        float64, shape (papers, 2): x to the right and y downwards, around the origin, the longer
        extent along x. The unit is the mean distance between neighbouring papers. The same input
        and seed give the same places.

    Examples
    --------
    Two triangles that one citation joins come out as two groups:

    >>> citing, cited = np.array([[0, 0, 1, 3, 3, 4, 0], [1, 2, 2, 4, 5, 5, 3]], np.int32)
    >>> places = positions(CitationIndex(6, citing, cited), np.array([1, 1, 1, 2, 2, 2]))
    >>> places.shape
    (6, 2)
    >>> middles = places.reshape(2, 3, 2).mean(axis=1)
    >>> radius = np.linalg.norm(places - middles.repeat(3, axis=0), axis=1).max()
    >>> bool(np.linalg.norm(middles[0] - middles[1]) > radius)
    True
    """
    places = np.zeros((index.papers, 2))
    loops = index.citing == index.cited
    ends = np.column_stack([index.citing, index.cited])[~loops].astype(np.intp)
    linked = np.zeros(index.papers, np.bool_)
    linked[ends] = True
    members = np.flatnonzero(linked)
    if len(members):
        number = np.cumsum(linked) - 1
        inner_ends = number[ends]
        clusters = _with_own_cluster(communities[members])
        weight = np.where(np.diff(clusters[inner_ends])[:, 0] == 0, 1.0, BETWEEN_CLUSTERS)
        start = _start(inner_ends, clusters, seed)
        places[members] = _scaled(_upright(_refine(start, inner_ends, weight)))
    places[~linked] = _rim(places[members], int((~linked).sum()))
    return places


def separate(places: Floats, radii: Floats, *, rounds: int = 60) -> Floats:
    """Push overlapping discs apart, as little as it takes.

    Parameters
    ----------
    places, radii
        float64 of shapes (papers, 2) and (papers,), in one unit.
    rounds
        At most this many passes over the overlapping pairs.

    Returns
    -------
    numpy.ndarray
        float64, shape (papers, 2).

    Examples
    --------
    >>> apart = separate(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([1.0, 1.0]))
    >>> bool(np.linalg.norm(apart[1] - apart[0]) > 1.95)
    True
    """
    from scipy.spatial import KDTree  # noqa: PLC0415 - slow to import, needed for maps only

    places = places.copy()
    if len(places) < 2:
        return places
    for _ in range(rounds):
        first, second = _candidates(KDTree(places), radii)
        apart = places[second] - places[first]
        distance = np.sqrt((apart**2).sum(axis=1))
        overlap = radii[first] + radii[second] - distance
        # Below a hundredth nobody sees it, and chasing it would never end.
        hit = overlap > 0.01 * (radii[first] + radii[second])
        if not hit.any():
            break
        first, second, apart, distance = first[hit], second[hit], apart[hit], distance[hit]
        same = distance == 0
        apart[same], distance[same] = (1.0, 0.0), 1.0
        # The larger disc yields less.
        area = radii**2
        push = (overlap[hit] / distance)[:, None] * apart
        share = area[second] / (area[first] + area[second])
        for axis in (0, 1):
            places[:, axis] -= np.bincount(first, push[:, axis] * share, len(places)) * 0.6
            places[:, axis] += np.bincount(second, push[:, axis] * (1 - share), len(places)) * 0.6
    return places


def _candidates(tree: KDTree, radii: Floats) -> tuple[Integers, Integers]:
    """Pairs of discs that may overlap, the smaller position first, in a stable order."""
    # A few large discs would make every pair a candidate: they are searched for on their own.
    large = radii > 2 * np.median(radii)
    pairs = tree.query_pairs(2 * float(radii[~large].max()), output_type="ndarray")
    pairs = pairs[~large[pairs].any(axis=1)]
    around = np.flatnonzero(large)
    found = tree.query_ball_point(tree.data[around], radii[around] + float(radii.max()))
    owners = np.repeat(around, [len(near) for near in found])
    others = np.fromiter((one for near in found for one in near), np.intp, len(owners))
    # A pair of large discs is found from both sides.
    once = (owners != others) & (~large[others] | (owners < others))
    pairs = np.concatenate([pairs, np.column_stack([owners, others])[once]])
    pairs = np.sort(pairs, axis=1)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    return pairs[:, 0], pairs[:, 1]


def _with_own_cluster(communities: Integers) -> Integers:
    """Number clusters from 0 by size; a paper of none is a cluster of its own."""
    own = communities == 0
    labels = communities.astype(np.int64)
    labels[own] = labels.max(initial=0) + 1 + np.arange(own.sum())
    _, first, numbers, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return rank[numbers]


def _start(ends: Integers, clusters: Integers, seed: int) -> Floats:
    """Each cluster as a disc of its papers (a sunflower), the discs packed side by side."""
    sizes = np.bincount(clusters)
    radii = 0.62 * np.sqrt(sizes)
    centres = _pack(radii, _links(ends, clusters))
    # The well-linked papers of a cluster begin in its middle.
    degree = np.bincount(ends.ravel(), minlength=len(clusters))
    order = np.lexsort((-degree, clusters))
    within = np.empty(len(clusters), np.int64)
    within[order] = np.arange(len(clusters)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    distance, angle = 0.56 * np.sqrt(within + 0.5), within * GOLDEN_ANGLE
    places: Floats = centres[clusters] + distance[:, None] * _directions(angle)
    return places + np.random.default_rng(seed).normal(0, 0.05, places.shape)


def _links(ends: Integers, clusters: Integers) -> Floats:
    """Citations between the clusters that get packed, as a symmetric matrix."""
    size = min(int(clusters.max()) + 1, PACKED)
    pairs = clusters[ends]
    pairs = pairs[(pairs < size).all(axis=1) & (pairs[:, 0] != pairs[:, 1])]
    flat = np.bincount(pairs[:, 0] * size + pairs[:, 1], minlength=size * size)
    links: Floats = flat.reshape(size, size).astype(np.float64)
    return links + links.T


def _pack(radii: Floats, links: Floats) -> Floats:
    """Centres of circles, largest first: each touches two others, near those it is linked to.

    Those without links go around the linked ones, or the forces would trap them in gaps: on all
    sides where the linked ones are most of the map.
    """
    centres = np.zeros((len(radii), 2))
    alone = links.sum(axis=1) == 0
    area = radii**2
    around = np.arange(len(radii)) >= len(links)
    if area[: len(links)][~alone].sum() > area.sum() / 2:
        around[: len(links)] |= alone
    packed = np.flatnonzero(~around)
    order = packed[np.argsort(alone[packed], kind="stable")]
    inner = 0.0
    for done, new in enumerate(order):
        there = order[:done]
        if done == 1:
            centres[new] = radii[there[0]] + radii[new], 0
        if done > 1:
            spots = _tangent_spots(centres[there], radii[there], radii[new])
            weight = links[new, there] / max(float(links[new, there].sum()), 1.0)
            towards = np.linalg.norm(spots[:, None] - centres[None, there], axis=2) @ weight
            inwards = np.linalg.norm(spots, axis=1)
            hidden = 1e6 * (inwards < min(inner, inwards.max())) if alone[new] else 0.0
            centres[new] = spots[np.argmin(np.round(towards + 0.5 * inwards + hidden, 9))]
        if not alone[new]:
            inner = max(inner, float(np.linalg.norm(centres[new]) + radii[new]))
    extent = float((np.linalg.norm(centres[packed], axis=1) + radii[packed]).max())
    room = np.cumsum((2 * radii[around]) ** 2)
    distance = np.sqrt((extent + 1) ** 2 + room / np.pi)
    centres[around] = distance[:, None] * _directions(np.arange(around.sum()) * GOLDEN_ANGLE)
    return centres


def _tangent_spots(centres: Floats, radii: Floats, radius: float) -> Floats:
    """Where a circle touches two of the given ones and overlaps none. Never empty."""
    reach = radii + radius
    first, second = np.triu_indices(len(radii), 1)
    across = centres[second] - centres[first]
    span = np.linalg.norm(across, axis=1)
    near = span < reach[first] + reach[second]
    first, second, across, span = first[near], second[near], across[near], span[near]
    along = (reach[first] ** 2 - reach[second] ** 2 + span**2) / (2 * span)
    height = np.sqrt(np.maximum(reach[first] ** 2 - along**2, 0))
    unit = across / span[:, None]
    foot = centres[first] + along[:, None] * unit
    aside = height[:, None] * np.column_stack([-unit[:, 1], unit[:, 0]])
    spots = np.concatenate([foot + aside, foot - aside])
    gaps = np.linalg.norm(spots[:, None] - centres[None], axis=2) - reach[None]
    fitting: Floats = spots[(gaps > -1e-6).all(axis=1)]
    return fitting


def _refine(places: Floats, ends: Integers, weight: Floats) -> Floats:
    """ForceAtlas2, LinLog mode, with a fixed number of iterations and cooling steps."""
    papers = len(places)
    mass: Floats = np.bincount(ends.ravel(), minlength=papers) + np.ones(papers)
    radius = np.sqrt(papers)
    # Attraction along citations and repulsion balance at about this radius.
    repulsion = radius * np.log1p(radius) / mass.sum()
    gravity = GRAVITY * np.log1p(radius) / radius
    mesh = _Mesh(128 if papers < 5000 else 256)
    first, second = ends[:, 0], ends[:, 1]
    before = np.zeros_like(places)
    for iteration in range(ITERATIONS):
        force = repulsion * mesh.repulsion(places, mass)
        force -= gravity * mass[:, None] * places
        apart = places[second] - places[first]
        distance = np.sqrt(np.einsum("ij,ij->i", apart, apart)) + 1e-9
        pull = apart * (weight * np.log1p(distance) / distance)[:, None]
        for axis in (0, 1):
            force[:, axis] += np.bincount(first, pull[:, axis], papers)
            force[:, axis] -= np.bincount(second, pull[:, axis], papers)
        force /= mass[:, None]
        # A paper whose force swings to and fro moves less (Jacomy et al., adaptive speed).
        swing = np.sqrt(((force - before) ** 2).sum(axis=1))
        before = force
        cooling = 1 - iteration / ITERATIONS
        step = force * (cooling * 0.5 * radius / np.log1p(radius) / (1 + 2 * swing))[:, None] / 4
        length = np.sqrt((step**2).sum(axis=1))
        limit = max(0.05 * radius * cooling, 0.02)
        step *= np.minimum(1, limit / (length + 1e-12))[:, None]
        places = places + step
    return places


class _Mesh:
    """The repulsion of all papers on each other, through a grid (particle mesh).

    Masses are spread over the four grid points around them, the field is one convolution by
    FFT, and it is read back with the same weights. Below the grid's spacing the force fades out.
    """

    def __init__(self, cells: int) -> None:
        from scipy import fft  # noqa: PLC0415 - slow to import, needed for maps only

        self._fft = fft
        self._cells = cells
        # Twice the grid, so that the convolution does not wrap around.
        offset = fft.fftfreq(2 * cells, 1 / (2 * cells))
        square = offset[:, None] ** 2 + offset[None, :] ** 2
        square[0, 0] = 1
        self._kernels = [
            fft.rfft2((along / square).astype(np.float32))
            for along in (
                np.broadcast_to(offset[:, None], square.shape),
                np.broadcast_to(offset[None, :], square.shape),
            )
        ]

    def repulsion(self, places: Floats, mass: Floats) -> Floats:
        """Sum over the others of ``mass * mass_other * (place - other) / distance**2``."""
        cells = self._cells
        low, high = places.min(axis=0), places.max(axis=0)
        spacing = max(float((high - low).max()), 1e-9) / (cells - 1.001)
        scaled = (places - low) / spacing
        corner = scaled.astype(np.intp)
        part = scaled - corner
        spots, weights = [], []
        for down in (0, 1):
            for right in (0, 1):
                spots.append((corner[:, 0] + down) * cells + corner[:, 1] + right)
                weights.append(
                    (part[:, 0] if down else 1 - part[:, 0])
                    * (part[:, 1] if right else 1 - part[:, 1])
                )
        at, weight = np.concatenate(spots), np.concatenate(weights)
        density = np.bincount(at, weight * np.tile(mass, 4), cells * cells)
        spectrum = self._fft.rfft2(
            density.reshape(cells, cells).astype(np.float32), s=(2 * cells, 2 * cells)
        )
        field = np.empty_like(places)
        for axis, kernel in enumerate(self._kernels):
            values = self._fft.irfft2(spectrum * kernel, s=(2 * cells, 2 * cells))
            read = values[:cells, :cells].ravel()[at] * weight
            field[:, axis] = read.reshape(4, -1).sum(axis=0)
        return field * (mass / spacing)[:, None]


def _upright(places: Floats) -> Floats:
    """Centre, and turn the longer extent along x, since screens are wide."""
    centred = places - places.mean(axis=0)
    x, y = centred[:, 0], centred[:, 1]
    turn = 0.5 * np.arctan2(2 * (x * y).sum(), (x * x).sum() - (y * y).sum())
    along, across = np.cos(turn), np.sin(turn)
    return np.column_stack([along * x + across * y, along * y - across * x])


def _scaled(places: Floats) -> Floats:
    """Give every paper a unit of area, as if they filled a disc evenly."""
    spread = np.sqrt((places**2).sum(axis=1).mean())
    return places * (np.sqrt(len(places) / (2 * np.pi)) / spread) if spread else places


def _rim(inner: Floats, count: int) -> Floats:
    """A ring of sunflower seeds around what is there already."""
    extent = float(np.linalg.norm(inner, axis=1).max()) + 1.5 if len(inner) else 0.0
    steps = np.arange(count)
    distance = np.sqrt(extent**2 + (steps + 0.5) / np.pi)
    angle = steps * GOLDEN_ANGLE
    ring: Floats = distance[:, None] * _directions(angle)
    return ring


def _directions(angles: Floats) -> Floats:
    return np.column_stack([np.cos(angles), np.sin(angles)])
