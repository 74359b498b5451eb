"""Print how well graphbuild reads and joins, from the samples in the shared data folder.

    python -m tools.quality [--data ../shared/data] [--parts references bibliographies]

Each module of this package that has ``report(data) -> str`` is one part; a part whose samples are
absent says so.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from pathlib import Path

from tools import quality

PARTS = sorted(
    module.name for module in pkgutil.iter_modules(quality.__path__) if module.name[0] != "_"
)


def main() -> None:
    """Print the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="FOLDER")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    arguments = parser.parse_args()
    for name in arguments.parts:
        part = importlib.import_module(f"tools.quality.{name}")
        print(f"## {part.TITLE}\n")
        try:
            print(part.report(arguments.data))
        except FileNotFoundError as absent:
            print(f"(not measured: {absent.filename} is not there)")
        print(flush=True)


if __name__ == "__main__":
    main()
