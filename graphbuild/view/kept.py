"""What took long to compute, kept beside the graph.

A graph that lies in a folder has a place for it: ``.cache/`` and the digest of its tables. Where
that cannot be written or read, and for a graph in memory, nothing is kept and nobody is told:
everything can be computed anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from graphbuild.tables import Tables

__all__ = ["Kept"]

VERSION = 1
"""Part of the files' names: change it with anything that changes a place or a cluster."""


class Kept:
    """Arrays and lists of texts by name, computed once for each state of a graph's tables."""

    def __init__(self, tables: Tables) -> None:
        self._folder = tables.cache

    def array(
        self,
        name: str,
        compute: Callable[[], np.ndarray[Any, Any]],
        shape: tuple[int, ...],
        dtype: type[np.generic],
    ) -> np.ndarray[Any, Any]:
        """The array of this name; one of another shape or type is not believed."""
        path = self._path(name, "npy")
        if path is not None:
            try:
                found: np.ndarray[Any, Any] = np.load(path, allow_pickle=False)
            except (OSError, ValueError, EOFError):
                pass
            else:
                whole = found.dtype.kind != "f" or bool(np.isfinite(found).all())
                if found.shape == shape and found.dtype == dtype and whole:
                    return found
        made = np.ascontiguousarray(compute(), dtype=dtype)
        if path is not None:
            _write(path, lambda beside: np.save(beside, made, allow_pickle=False))
        return made

    def texts(self, name: str, compute: Callable[[], list[str]]) -> list[str]:
        """The texts of this name."""
        path = self._path(name, "json")
        if path is not None:
            try:
                found = json.loads(path.read_bytes())
            except (OSError, ValueError):
                pass
            else:
                if isinstance(found, list) and all(isinstance(one, str) for one in found):
                    return found
        made = compute()
        if path is not None:
            _write(path, lambda beside: beside.write_text(json.dumps(made), "ascii"))
        return made

    def _path(self, name: str, suffix: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{name}-v{VERSION}.{suffix}"


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file as a whole, or leave it be: a cache is a convenience."""
    beside = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        # Only where the graph still lies: its folder may have been replaced or removed meanwhile.
        if not path.parent.parent.parent.is_dir():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(beside)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError:
        return
