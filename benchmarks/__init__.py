"""How fast and how small: a corpus generator, the peers' scripts, and the command that compares."""
