"""graphbuild turns papers into one resolved citation knowledge graph."""

__version__ = "0.1.0"
