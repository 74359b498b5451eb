"""How this room compiles: once, for named types, without holding the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit, types

__all__ = ["BOOLS", "FLOATS", "INT32S", "INT64S", "compiled", "readonly"]

Function = TypeVar("Function", bound=Callable[..., Any])

INT32S = types.int32[::1]
INT64S = types.int64[::1]
FLOATS = types.float64[::1]
BOOLS = types.boolean[::1]


def readonly(scalar: Any) -> Any:  # noqa: ANN401 - numba has no types for its types
    """The type of an array that the kernel only reads; writable ones are welcome too."""
    return types.Array(scalar, 1, "C", readonly=True)


def compiled(*signatures: Any) -> Callable[[Function], Function]:  # noqa: ANN401 - (the same)
    """Compile for these signatures when the module is imported, or fetch that from the cache.

    Loops are sequential: parallel ones collapse where the cores are busy, and their sums would
    differ with the number of threads.
    """

    def compile_(function: Function) -> Function:
        options = {"nogil": True, "error_model": "numpy"}
        try:
            return njit(list(signatures), cache=True, **options)(function)  # type: ignore[no-any-return]
        except RuntimeError as error:
            if "cannot cache" not in str(error):
                raise
            # Nowhere is writable. Compiling in every process is slow, but it works.
            return njit(list(signatures), **options)(function)  # type: ignore[no-any-return]

    return compile_
