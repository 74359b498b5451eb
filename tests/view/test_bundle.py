"""page.js is what its build step makes of the modules."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def bundler():
    spec = importlib.util.spec_from_file_location("bundle_page", ROOT / "tools" / "bundle_page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_is_what_the_modules_give():
    made = bundler().bundle()
    assert (ROOT / "graphbuild" / "view" / "page.js").read_text("utf-8") == made
    assert made == bundler().bundle()


def test_two_things_of_one_name_are_refused(tmp_path, monkeypatch):
    module = bundler()
    monkeypatch.setattr(module, "MODULES", tmp_path)
    (tmp_path / "main.js").write_text('import { a } from "./other.js";\nconst b = a;\n')
    (tmp_path / "other.js").write_text("export const a = 1;\nconst b = 2;\n")
    with pytest.raises(ValueError, match=r"other\.js and main\.js both define b"):
        module.bundle()
    (tmp_path / "other.js").write_text('import { b } from "./main.js";\nexport const a = b;\n')
    with pytest.raises(ValueError, match="in a circle: main → other → main"):
        module.bundle()
    (tmp_path / "other.js").write_text("export const a = 1;\n")
    (tmp_path / "lonely.js").write_text("export const c = 1;\n")
    with pytest.raises(ValueError, match="nobody imports lonely"):
        module.bundle()


def test_nothing_enters_the_document_but_as_text():
    for path in (ROOT / "graphbuild" / "view" / "page").glob("*.js"):
        code = path.read_text("utf-8")
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                    "new Function", "fetch(", "XMLHttpRequest", "WebSocket"):  # fmt: skip
            assert way not in code, f"{path.name}: {way}"


def test_types_are_right():
    """tsc over the JSDoc types; where it is not installed, this says how to."""
    folder = ROOT / "tools" / "page"
    tsc = folder / "node_modules" / ".bin" / "tsc"
    if not tsc.exists():
        reason = "no TypeScript: make lint-page installs it, where there is npm"
        if "npm" in os.environ.get("GRAPHBUILD_REQUIRE", "").replace(",", " ").split():
            pytest.fail(reason)
        pytest.skip(reason)
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node to run TypeScript")
    checked = subprocess.run(
        [tsc, "--project", folder], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout[-3000:]


def test_what_lint_installs_is_pinned():
    told = json.loads((ROOT / "tools" / "page" / "package.json").read_text("utf-8"))
    assert all(version[0].isdigit() for version in told["devDependencies"].values())
    locked = json.loads((ROOT / "tools" / "page" / "package-lock.json").read_text("utf-8"))
    for name, package in locked["packages"].items():
        assert not name or package["integrity"].startswith("sha512-"), name
