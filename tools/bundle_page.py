"""Write graphbuild/view/page.js from the modules of graphbuild/view/page.

    python tools/bundle_page.py [--check]

The modules become one script in a function of its own, each after those that it imports. Imports
and exports go, and so do comments and blank lines; nothing else is changed, so the outcome can be
read, and is the same everywhere. `--check` says whether the script is up to date instead.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "graphbuild" / "view" / "page"
BUNDLE = ROOT / "graphbuild" / "view" / "page.js"
FIRST = "main"
HEADER = "/* graphbuild's map (MIT): made from graphbuild/view/page by tools/bundle_page.py. */\n"

IMPORT = re.compile(r"^import\s+[^;]*?from\s+\"\./(\w+)\.js\";\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.MULTILINE)
BLOCK = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"/\*\* @type \{(?:[^*]|\*(?!/))*\} \*/ ?")
LINE = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
NAME = re.compile(r"^(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)


def bundle() -> str:
    """The script as it should be.

    Raises ValueError when two modules give one name to different things, or import in a circle.
    """
    parts, owner = [], {}
    for name in _in_order():
        code = _bare((MODULES / f"{name}.js").read_text("utf-8"))
        for one in NAME.findall(code):
            if one in owner:
                raise ValueError(f"{owner[one]}.js and {name}.js both define {one}")
            owner[one] = name
        parts.append(f"// {name}.js\n{code}")
    return f'{HEADER}"use strict";\n(() => {{\n{"".join(parts)}}})();\n'


def _in_order() -> list[str]:
    order: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ValueError(f"modules import in a circle: {' → '.join([*path, name])}")
        if name not in order:
            for needed in IMPORT.findall((MODULES / f"{name}.js").read_text("utf-8")):
                visit(needed, (*path, name))
            order.append(name)

    visit(FIRST, ())
    left_out = {path.stem for path in MODULES.glob("*.js")} - set(order)
    if left_out:
        raise ValueError(f"nobody imports {', '.join(sorted(left_out))}")
    return order


def _bare(code: str) -> str:
    code = EXPORT.sub("", IMPORT.sub("", code))
    code = INLINE.sub("", LINE.sub("", BLOCK.sub("", code)))
    left = re.search(r"^(?:import|export)\b.*", code, re.MULTILINE)
    if left:
        raise ValueError(f"cannot be bundled: {left[0]}")
    return re.sub(r"\n\s*\n+", "\n", code).lstrip("\n")


def main() -> int:
    """Write the bundle, or check it."""
    made = bundle()
    if "--check" in sys.argv[1:]:
        if BUNDLE.read_text("utf-8") == made:
            return 0
        print("graphbuild/view/page.js is not what tools/bundle_page.py makes: run it")
        return 1
    BUNDLE.write_bytes(made.encode())
    print(f"{BUNDLE.relative_to(ROOT)}: {len(made.encode()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
