"""A raw reference string into identifiers, title, authors, year and venue; and where they stand.

``find`` cuts the bibliography out of running text, ``parse`` reads one entry.
"""

from graphbuild.references.finder import Entry, find
from graphbuild.references.parser import parse, parse_all

__all__ = ["Entry", "find", "parse", "parse_all"]
