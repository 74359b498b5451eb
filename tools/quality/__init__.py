"""How well graphbuild reads and joins, measured on samples that it was never fitted to."""
