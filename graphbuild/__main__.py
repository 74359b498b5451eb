"""``python -m graphbuild``, for where the command itself is on no path."""

from graphbuild.cli import run

run()
