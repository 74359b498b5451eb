"""Looking at eight bytes at a time, and copying many, which numba has no words for."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from graphbuild.kernels.compiling import helper, instruction

__all__ = ["copy", "copy_short", "first_byte", "load", "matches", "word"]

Array = np.ndarray[Any, Any]

_ONES = np.uint64(0x0101010101010101)
_HIGHS = np.uint64(0x8080808080808080)
_SHORT = 32


def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401 - llvmlite's own types
    """Where eight bytes of a uint8 array begin, as a pointer to a number."""
    from llvmlite import ir  # noqa: PLC0415 - only where there is something to compile

    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    place = builder.gep(array.data, [arguments[1]])
    return builder.bitcast(place, ir.IntType(64).as_pointer())


@instruction("uint64", "block", "at")
def load(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
    """Eight bytes of a uint8 array from any place on as a little-endian number; no bounds check."""
    value = builder.load(_place(context, builder, signature, arguments))
    value.align = 1
    return value if sys.byteorder == "little" else builder.bswap(value)


@instruction("void", "block", "at", "value")
def _store(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
    """Write eight bytes, little end first; no bounds check."""
    word = arguments[2] if sys.byteorder == "little" else builder.bswap(arguments[2])
    stored = builder.store(word, _place(context, builder, signature, arguments))
    stored.align = 1
    return context.get_dummy_value()


@instruction("uint64", "value")
def _trailing_zeros(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
    from llvmlite import ir  # noqa: PLC0415 - only where there is something to compile

    return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))


@helper
def matches(value: Any, byte: Any) -> Any:  # noqa: ANN401 - what numba infers
    """The high bit of every byte of a word that equals ``byte``; the lowest one set is right.

    >>> hex(int(matches(np.uint64(0x2263), np.uint64(0x2222222222222222))))[-4:]
    '8000'
    """
    different = value ^ byte
    return (different - _ONES) & ~different & _HIGHS


@helper
def first_byte(found: Any) -> Any:  # noqa: ANN401 - what numba infers
    """Which byte of a word, from 0, the lowest high bit belongs to; 8 for none."""
    return np.int64(_trailing_zeros(found) >> np.uint64(3))


@helper
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


@instruction("void", "source", "start", "target", "at", "length")
def _move(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
    """Copy bytes between uint8 arrays as C's memcpy does; no bounds check."""
    from numba.core import cgutils  # noqa: PLC0415 - only where there is something to compile

    source, start, target, at, length = arguments
    kinds = signature.args
    read = context.make_array(kinds[0])(context, builder, source)
    written = context.make_array(kinds[2])(context, builder, target)
    begin, place = builder.gep(read.data, [start]), builder.gep(written.data, [at])
    cgutils.raw_memcpy(builder, place, begin, length, 1)  # type: ignore[no-untyped-call]
    return context.get_dummy_value()


@helper
def copy(source: Array, start: Any, end: Any, target: Array, at: Any) -> None:  # noqa: ANN401 - what numba infers
    """Copy ``source[start:end]`` to ``target`` from ``at`` on."""
    _move(source, np.int64(start), target, np.int64(at), np.int64(end - start))


@helper
def copy_short(source: Array, start: Any, end: Any, target: Array, at: Any, stop: Any) -> None:  # noqa: ANN401 - what numba infers
    """Do as :func:`copy`, but anything may be written to what follows, up to ``target[stop]``.

    Mostly it writes a fixed number of bytes, which is no branch to be guessed wrongly.
    """
    if end - start <= _SHORT and at + _SHORT <= stop and start + _SHORT <= len(source):
        for i in range(0, _SHORT, 8):
            _store(target, at + i, load(source, start + i))
    else:
        copy(source, start, end, target, at)
