"""Colours of clusters, for people who see all colours and for those who do not.

Each dozen was found by maximising the smallest distance between any two colours in OKLab
(Ottosson 2020), as seen with normal vision and with simulated protanopia, deuteranopia and
tritanopia (Machado, Oliveira & Fernandes 2009, doi:10.1109/TVCG.2009.113), within the lightness
that stands out from the page.
"""

from __future__ import annotations

__all__ = ["DARK", "LIGHT", "Palette"]

Palette = dict[str, list[str] | str]

LIGHT: Palette = {
    "clusters": [
        "#3762cb", "#c7892a", "#35a993", "#8f1008", "#9b80eb", "#dbbd00",
        "#00544e", "#ad540e", "#15dea2", "#5d218f", "#b5b5fd", "#816086",
    ],
    "others": "#8a94a6",
    "none": "#b8c0cc",
}  # fmt: skip

DARK: Palette = {
    "clusters": [
        "#90c7fd", "#f29720", "#54aca9", "#ab350e", "#a98bfb", "#ede455",
        "#366e6b", "#ac8021", "#66f9ec", "#7646ad", "#bec397", "#727db4",
    ],
    "others": "#76819a",
    "none": "#4a556f",
}  # fmt: skip
