"""Places where a graph can live or go, one file each."""
