"""How the process keeps memory that it was done with: for what comes next, or not at all.

What a process asks the system for anew is handed over page by page, each of which is cleared
first; where large columns come and go, that is up to a third of the time of a build. All here is
for the GNU C library, and does nothing where there is another.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress

__all__ = ["be_frugal", "give_back", "keep"]

# From malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_ALWAYS = 1 << 30
_LARGE = 1 << 20


def keep() -> None:
    """Keep memory for reuse, by all threads and by NumPy and Arrow alike.

    For a process of our own, before Arrow is loaded and the first thread begins. It peaks lower,
    since nobody has a hoard of their own.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    _set({_ARENA_MAX: 1, _MMAP_THRESHOLD: _ALWAYS, _TRIM_THRESHOLD: _ALWAYS})


def be_frugal() -> None:
    """Have large pieces of memory go back to the system as soon as nobody uses them."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    pa.set_memory_pool(pa.system_memory_pool())
    _set({_MMAP_THRESHOLD: _LARGE, _TRIM_THRESHOLD: _LARGE})


def give_back() -> None:
    """Have small ones go back too."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _set(options: dict[int, int]) -> None:
    with suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in options.items():
            mallopt(option, value)
