"""Colours of clusters, for people who see all colours and for those who do not.

Each dozen was found by maximising the smallest distance between any two colours in OKLab
(Ottosson 2020), as seen with normal vision and with simulated protanopia, deuteranopia and
tritanopia (Machado, Oliveira & Fernandes 2009, doi:10.1109/TVCG.2009.113), within the lightness
that stands out from the page. Years run along the blue and yellow of cividis (Nuñez, Anderton &
Renslow 2018, doi:10.1371/journal.pone.0199239), the latest ones away from the page's colour.
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
    "years": ["#c9b458", "#a69d75", "#7b7b78", "#4f5f83", "#17386f"],
}  # fmt: skip

DARK: Palette = {
    "clusters": [
        "#90c7fd", "#f29720", "#54aca9", "#ab350e", "#a98bfb", "#ede455",
        "#366e6b", "#ac8021", "#66f9ec", "#7646ad", "#bec397", "#727db4",
    ],
    "others": "#76819a",
    "none": "#4a556f",
    "years": ["#31508f", "#5b6787", "#8a8779", "#bdae5f", "#ffea46"],
}  # fmt: skip
