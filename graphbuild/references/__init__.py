"""A raw reference string into identifiers, title, authors, year and venue."""

from graphbuild.references.parser import parse, parse_all

__all__ = ["parse", "parse_all"]
