"""Tail functions as named algorithms in f32 operations.

Each is a straight sequence of `+ - * /`, `sqrt`, comparisons, selects and bit casts, every one
rounded to f32 on its own, so that any IEEE machine reproduces every bit (C++ with
`-ffp-contract=off`). Integer steps wrap. A select evaluates both sides; lanes that it drops may
hold anything. The coefficients are data (`COEFFICIENTS`): the C++ header and the documentation are
made from them. Polynomials are least-maximum fits of the stated function, rounded to f32, lowest
degree first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rdu.semantics.dtypes import Array, canonical

F32 = np.float32
I32 = np.int32


@dataclass(frozen=True, slots=True)
class Coefficients:
    """A named table of f32 constants: polynomial coefficients, lowest degree first, or one value.

    Attributes:
        name: upper-case name in the C++ header and the documentation.
        values: hexadecimal literals, each exactly an f32.
        meaning: what the constants stand for.
    """

    name: str
    values: tuple[str, ...]
    meaning: str

    @property
    def f32(self) -> tuple[np.float32, ...]:
        """The constants as f32 values."""
        return tuple(F32(float.fromhex(v)) for v in self.values)


COEFFICIENTS = (
    Coefficients("LOG2_E", ("0x1.715476p+0",), "log2(e)"),
    Coefficients("LN2_HIGH", ("0x1.63p-1",), "ln(2) to 9 bits, so that n * LN2_HIGH is exact"),
    Coefficients("LN2_LOW", ("-0x1.bd0106p-13",), "ln(2) - LN2_HIGH"),
    Coefficients("ROUND", ("0x1.8p+23",), "adding and subtracting it rounds to an integer"),
    Coefficients("EXP_OVERFLOW", ("0x1.62e42ep+6",), "largest x with a finite exp(x)"),
    Coefficients("EXP_UNDERFLOW", ("-0x1.9fe368p+6",), "smallest x with exp(x) > 0"),
    Coefficients(
        "EXP",
        ("0x1.fffffcp-2", "0x1.555492p-3", "0x1.5558f2p-5", "0x1.123a2p-7", "0x1.6a23ccp-10"),
        "(exp(r) - 1 - r) / r^2 on |r| <= ln(2)/2",
    ),
    Coefficients(
        "LOG",
        ("0x1.555556p-1", "0x1.99999ap-2", "0x1.24924ap-2", "0x1.c71c72p-3"),
        "2/3, 2/5, 2/7, 2/9: the series of 2 atanh(s) / s - 2 in s^2",
    ),
    Coefficients("TWO_P23", ("0x1p+23",), "scales subnormals into the normal range"),
    Coefficients("TANH_SPLIT", ("0x1.333334p-1",), "below it tanh is a polynomial"),
    Coefficients("TANH_ONE", ("0x1.205966p+3",), "from it on tanh(x) rounds to 1"),
    Coefficients(
        "TANH",
        ("-0x1.55553ep-2", "0x1.1109aep-3", "-0x1.b898dcp-5", "0x1.54b898p-6", "-0x1.825836p-8"),
        "(tanh(x) - x) / x^3 in x^2 on |x| < TANH_SPLIT",
    ),
    Coefficients("ERF_ONE", ("0x1.f5a88ap+1",), "from it on erf(x) rounds to 1"),
    Coefficients(
        "ERF",
        (
            "0x1.06eba8p-3",
            "-0x1.81273ep-2",
            "0x1.ce2cf8p-4",
            "-0x1.b7f90cp-6",
            "0x1.5405b2p-8",
            "-0x1.a3f6fcp-11",
            "0x1.496a28p-14",
        ),
        "erf(x) / x - 1 in x^2 on |x| <= 1",
    ),
    Coefficients(
        "ERFC",
        (
            "-0x1.661a16p-12",
            "-0x1.2088ecp+0",
            "-0x1.46bae8p-1",
            "-0x1.a65356p-4",
            "0x1.65cb9ep-6",
            "-0x1.825b48p-9",
            "0x1.86de0cp-13",
        ),
        "log(erfc(x)) on 1 <= x <= 4",
    ),
)

MAX_ULP = {"exp": 0.99, "log": 0.86, "tanh": 1.34, "erf": 1.36, "rsqrt": 1.5}
"""Largest error of each function, in units in the last place of the result, measured over every
f32 whose result is finite and not zero."""

_TABLES = {table.name: table.f32 for table in COEFFICIENTS}


def _constant(name: str) -> np.float32:
    return _TABLES[name][0]


LOG2_E = _constant("LOG2_E")
LN2_HIGH = _constant("LN2_HIGH")
LN2_LOW = _constant("LN2_LOW")
ROUND = _constant("ROUND")
EXP_OVERFLOW = _constant("EXP_OVERFLOW")
EXP_UNDERFLOW = _constant("EXP_UNDERFLOW")
TWO_P23 = _constant("TWO_P23")
TANH_SPLIT = _constant("TANH_SPLIT")
TANH_ONE = _constant("TANH_ONE")
ERF_ONE = _constant("ERF_ONE")

ZERO = F32(0)
HALF = F32(0.5)
ONE = F32(1)
TWO = F32(2)
INFINITY = F32(np.inf)
NAN = F32(np.nan)

SQRT_HALF_BITS = I32(0x3F3504F3)
SIGN_BIT = I32(-(2**31))
MAGNITUDE_BITS = I32(2**31 - 1)
EXPONENT_BIAS = I32(127)
MANTISSA_WIDTH = I32(23)
SMALLEST_NORMAL = F32(2.0**-126)


def _horner(table: str, x: Array) -> Array:
    """Evaluate a polynomial from its highest coefficient: p = p * x + c, two roundings a step."""
    coefficients = _TABLES[table]
    p = np.full_like(x, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        p = p * x + coefficient
    return p


def _bits(x: Array) -> Array:
    return np.asarray(x, F32).view(I32)


def _float(bits: Array) -> Array:
    return np.asarray(bits, I32).view(F32)


def _power_of_two(n: Array) -> Array:
    """2^n for -126 <= n <= 127, by its exponent bits."""
    return _float((n + EXPONENT_BIAS) << MANTISSA_WIDTH)


def _copysign(magnitude: Array, sign: Array) -> Array:
    return _float((_bits(magnitude) & MAGNITUDE_BITS) | (_bits(sign) & SIGN_BIT))


def exp(x: Array) -> Array:
    """Exponential, by powers of two and a polynomial.

    exp(x) = 2^n exp(r) with n = round(x log2 e) and r = x - n ln 2 in two steps;
    exp(r) = 1 + (r + r^2 P(r)). 2^n is applied as two factors, so that subnormal results round
    once.
    """
    inside = np.where((x >= EXP_UNDERFLOW) & (x <= EXP_OVERFLOW), x, ZERO)
    n = (inside * LOG2_E + ROUND) - ROUND
    r = (inside - n * LN2_HIGH) - n * LN2_LOW
    p = ONE + (r + (r * r) * _horner("EXP", r))
    whole = n.astype(I32)
    half = whole >> I32(1)
    y = (p * _power_of_two(half)) * _power_of_two(whole - half)
    y = np.where(x > EXP_OVERFLOW, INFINITY, y)
    y = np.where(x < EXP_UNDERFLOW, ZERO, y)
    return canonical(np.where(np.isnan(x), x, y))


def log(x: Array) -> Array:
    """Natural logarithm, by the exponent bits and the series of the inverse hyperbolic tangent.

    log(x) = k ln 2 + log(1 + f) with sqrt(1/2) <= 1 + f < sqrt(2) from the bits of x; with
    s = f / (2 + f) and h = f^2 / 2, log(1 + f) = f - (h - s (h + R(s^2))).
    """
    subnormal = x < SMALLEST_NORMAL
    bits = _bits(np.where(subnormal, x * TWO_P23, x))
    k = (bits - SQRT_HALF_BITS) >> MANTISSA_WIDTH
    f = _float(bits - (k << MANTISSA_WIDTH)) - ONE
    k = np.where(subnormal, k - MANTISSA_WIDTH, k).astype(F32)
    s = f / (TWO + f)
    z = s * s
    h = (HALF * f) * f
    tail = s * (h + z * _horner("LOG", z)) + k * LN2_LOW
    y = k * LN2_HIGH - ((h - tail) - f)
    y = np.where(x == INFINITY, INFINITY, y)
    y = np.where(x == ZERO, -INFINITY, y)
    return canonical(np.where((x < ZERO) | np.isnan(x), NAN, y))


def tanh(x: Array) -> Array:
    """Hyperbolic tangent, by a polynomial and the exponential.

    On m = |x|: m + m^3 P(m^2) below TANH_SPLIT, 1 - 2 / (exp(2 m) + 1) above; then the sign of x.
    """
    magnitude = _float(_bits(x) & MAGNITUDE_BITS)
    z = magnitude * magnitude
    small = magnitude + (magnitude * z) * _horner("TANH", z)
    large = ONE - TWO / (exp(magnitude + magnitude) + ONE)
    large = np.where(magnitude >= TANH_ONE, ONE, large)
    y = np.where(magnitude < TANH_SPLIT, small, large)
    return canonical(np.where(np.isnan(x), x, _copysign(y, x)))


def erf(x: Array) -> Array:
    """Error function, by two polynomials and the exponential.

    On m = |x|: m + m P(m^2) up to 1, 1 - exp(Q(m)) above; then the sign of x.
    """
    magnitude = _float(_bits(x) & MAGNITUDE_BITS)
    small = magnitude + magnitude * _horner("ERF", magnitude * magnitude)
    large = ONE - exp(_horner("ERFC", magnitude))
    large = np.where(magnitude >= ERF_ONE, ONE, large)
    y = np.where(magnitude <= ONE, small, large)
    return canonical(np.where(np.isnan(x), x, _copysign(y, x)))


def rsqrt(x: Array) -> Array:
    """Reciprocal square root, as 1 / sqrt(x), each rounded; that of -0 is -inf."""
    return canonical(ONE / np.sqrt(x))
