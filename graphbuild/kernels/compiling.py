"""How this room compiles: once, for named types, without holding the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit, types

__all__ = ["FLOATS", "INT32S", "INT64S", "compiled", "readonly", "several"]

Function = TypeVar("Function", bound=Callable[..., Any])

INT32S = types.int32[::1]
INT64S = types.int64[::1]
FLOATS = types.float64[::1]


def readonly(scalar: Any) -> Any:  # noqa: ANN401 - numba has no types for its types
    """The type of an array that the kernel only reads; writable ones are welcome too."""
    return types.Array(scalar, 1, "C", readonly=True)


def several(*parts: Any) -> Any:  # noqa: ANN401 - (the same)
    """The type of several results."""
    return types.Tuple(parts)  # type: ignore[no-untyped-call]


def compiled(signature: Any) -> Callable[[Function], Function]:  # noqa: ANN401 - (the same)
    """Compile for this signature when the module is imported, or fetch that from the cache.

    Loops are sequential: parallel ones collapse where the cores are busy, and their sums would
    differ with the number of threads.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}

    def compile_(function: Function) -> Function:
        made: Any
        try:
            made = njit(signature, cache=True, **options)(function)
        except RuntimeError as error:
            if "cannot cache" not in str(error):
                raise
            # Nowhere is writable. Compiling in every process is slow, but it works.
            made = njit(signature, **options)(function)
        return cast("Function", made)

    return compile_
