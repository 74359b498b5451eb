"""Memory that is kept for reuse, or not at all: asked of the system, in processes of their own."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

LARGE = 64 << 20
needs_gnu_library = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="memory is steered in the GNU C library alone"
)


def answer(statements: str) -> list[str]:
    """What a process prints."""
    environment = {name: value for name, value in os.environ.items() if "POOL" not in name}
    ran = subprocess.run(
        [sys.executable, "-c", f"from graphbuild import allocator\n{statements}"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return ran.stdout.split()


@needs_gnu_library
def test_what_was_used_is_used_again() -> None:
    again = f"""
import resource
def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def pages_asked_for():
    before = faults()
    held = b"x" * {LARGE}
    return faults() - before
first = pages_asked_for()
print(first, pages_asked_for())
"""
    first, second = map(int, answer(again))
    assert second > first / 2, "without being told so, the library gives memory back"
    first, second = map(int, answer(f"allocator.keep()\n{again}"))
    assert second < first / 100


@needs_gnu_library
def test_where_memory_is_short_it_goes_back() -> None:
    before, held, after = map(
        int,
        answer(
            f"""
import resource
def resident(): return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
allocator.keep()
allocator.be_frugal()
print(resident())
large, small = b"x" * {LARGE}, [bytes(1000) for _ in range({LARGE // 1000})]
print(resident())
del large, small
allocator.give_back()
print(resident())
"""
        ),
    )
    assert held > before + 2 * LARGE
    assert after < before + LARGE / 4


def test_arrow_and_numpy_share_what_is_kept() -> None:
    told = "import pyarrow\nprint(pyarrow.default_memory_pool().backend_name)"
    assert answer(f"allocator.keep()\n{told}") == ["system"]


def test_a_users_own_choice_for_arrow_stays() -> None:
    told = "import pyarrow\nprint(pyarrow.default_memory_pool().backend_name)"
    chosen = "import os\nos.environ['ARROW_DEFAULT_MEMORY_POOL'] = 'mimalloc'"
    assert answer(f"{chosen}\nallocator.keep()\n{told}") == ["mimalloc"]


def test_another_librarys_memory_is_left_alone() -> None:
    without = "import ctypes\nctypes.CDLL = None\n"
    assert answer(f"{without}allocator.keep()\nallocator.give_back()\nprint('well')") == ["well"]
