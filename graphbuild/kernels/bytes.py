"""Looking at eight bytes at a time, which numba has no words for."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from llvmlite import ir
from numba import extending, njit, types

__all__ = ["copy", "first_byte", "load", "matches", "word"]

Array = np.ndarray[Any, Any]

intrinsic: Any = extending.intrinsic  # (its types are wrong)

_ONES = np.uint64(0x0101010101010101)
_HIGHS = np.uint64(0x8080808080808080)


@intrinsic  # type: ignore[untyped-decorator]
def load(typing: Any, block: Any, at: Any) -> Any:  # noqa: ANN401, ARG001 - numba's own types
    """Eight bytes of a uint8 array from any place on as a little-endian number; no bounds check."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        value = builder.load(builder.bitcast(place, ir.IntType(64).as_pointer()))
        value.align = 1
        return value if sys.byteorder == "little" else builder.bswap(value)

    return types.uint64(block, at), generate


@intrinsic  # type: ignore[untyped-decorator]
def _store(typing: Any, block: Any, at: Any, value: Any) -> Any:  # noqa: ANN401, ARG001
    """Write eight bytes, little end first; no bounds check."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        word = arguments[2] if sys.byteorder == "little" else builder.bswap(arguments[2])
        stored = builder.store(word, builder.bitcast(place, ir.IntType(64).as_pointer()))
        stored.align = 1
        return context.get_dummy_value()

    return types.void(block, at, value), generate


@intrinsic  # type: ignore[untyped-decorator]
def _trailing_zeros(typing: Any, value: Any) -> Any:  # noqa: ANN401, ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@njit(cache=True, nogil=True, inline="always")
def matches(value: Any, byte: Any) -> Any:  # noqa: ANN401 - what numba infers
    """The high bit of every byte of a word that equals ``byte``; the lowest one set is right.

    >>> hex(int(matches.py_func(np.uint64(0x2263), np.uint64(0x2222222222222222))))[-4:]
    '8000'
    """
    different = value ^ byte
    return (different - _ONES) & ~different & _HIGHS


@njit(cache=True, nogil=True, inline="always")
def first_byte(found: Any) -> Any:  # noqa: ANN401 - what numba infers
    """Which byte of a word, from 0, the lowest high bit belongs to; 8 for none."""
    return np.int64(_trailing_zeros(found) >> np.uint64(3))


@njit(cache=True, nogil=True)
def word(block: Array, at: Any, stop: Any) -> Any:  # noqa: ANN401 - what numba infers
    """The (at most eight) bytes ``block[at:stop]`` as a number, the first one lowest."""
    length = stop - at
    if length <= 0:
        return np.uint64(0)
    if at + 8 <= len(block):
        value = load(block, at)
        if length < 8:
            value &= (np.uint64(1) << np.uint64(8 * length)) - np.uint64(1)
        return value
    value = np.uint64(0)
    for i in range(min(length, 8)):
        value |= np.uint64(block[at + i]) << np.uint64(8 * i)
    return value


@njit(cache=True, nogil=True)
def copy(source: Array, start: Any, end: Any, target: Array, at: Any) -> None:  # noqa: ANN401 - what numba infers
    """Copy ``source[start:end]`` to ``target`` from ``at`` on."""
    length = end - start
    i = 0
    while i + 8 <= length:
        _store(target, at + i, load(source, start + i))
        i += 8
    while i < length:
        target[at + i] = source[start + i]
        i += 1
