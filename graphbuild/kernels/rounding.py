"""Rounding to significant digits, in one pass."""

from __future__ import annotations

from graphbuild.kernels.compiling import Floats, Int64s, NewFloats, compiled

__all__ = ["round_all"]

_EXPONENT = 52
_EXPONENTS = (1 << 11) - 1
_BIAS = 1023
# Added to what is smaller and taken away, it leaves the nearest whole number, the even one of two.
_WHOLE = 1.5 * 2.0**52


@compiled
def round_all(
    values: Floats,
    bits: Int64s,
    digits: int,
    powers: Floats,
    rounded_up: Floats,
    least: int,
    rounded: NewFloats,
) -> None:
    """Round each value to so many digits; twelve are fewer than a float64 has by far.

    Parameters
    ----------
    values, bits
        float64, and the same as int64.
    digits
        How many digits stay: 15 at the most.
    powers
        Powers of ten from that of ``least`` on.
    rounded_up
        From where on a number is rounded up to each of these.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.array([1 / 3, -0.0299])
    >>> powers = np.array([float(f"1e{n}") for n in range(-330, 331)])
    >>> rounded = np.empty(2)
    >>> round_all(values, values.view(np.int64), 2, powers, powers * 0.995, -330, rounded)
    >>> rounded.tolist()
    [0.33, -0.03]
    """
    for place in range(len(values)):
        value = abs(values[place])
        # The logarithm of the power of 2 below, to as many digits as no exponent can tell apart.
        below = ((bits[place] >> _EXPONENT) & _EXPONENTS) - _BIAS
        exponent = below * 30103 // 100000
        if value >= rounded_up[exponent + 1 - least]:
            exponent += 1
        # A power of ten beyond 1e300 overflows; such a score is nothing.
        scale = powers[min(digits - 1 - exponent, 300) - least]
        value = ((value * scale + _WHOLE) - _WHOLE) / scale
        rounded[place] = -value if bits[place] < 0 else value
