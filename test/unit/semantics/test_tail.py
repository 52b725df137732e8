"""Tail functions against f64 references on dense samples, at their edges, and bit for bit."""

import hashlib

import numpy as np
import pytest
from scipy import special

from rdu.semantics.scalar import OPS
from rdu.semantics.tail import COEFFICIENTS, MAX_ULP

REFERENCES = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "erf": special.erf,
    "rsqrt": lambda x: 1 / np.sqrt(x),
}
STRIDE = 4099


def samples() -> np.ndarray:
    """About a million f32 values over all bit patterns."""
    return np.arange(0, 2**32, STRIDE, dtype=np.uint64).astype(np.uint32).view(np.float32)


def ulp(y: np.ndarray) -> np.ndarray:
    _, exponent = np.frexp(y)
    return np.ldexp(1.0, np.maximum(exponent - 1, -126) - 23)


@pytest.mark.parametrize("name", MAX_ULP)
def test_the_stated_error_holds_over_the_whole_range(name: str) -> None:
    x = samples()
    with np.errstate(all="ignore"):
        exact = REFERENCES[name](x.astype(np.float64))
        rounded = exact.astype(np.float32)
    y = OPS[name].evaluate(x)
    assert (np.isnan(y) == np.isnan(rounded)).all()
    assert (y[np.isinf(rounded)] == rounded[np.isinf(rounded)]).all()
    finite = np.isfinite(rounded)
    assert np.isfinite(y[finite]).all()
    error = np.abs(y[finite].astype(np.float64) - exact[finite]) / ulp(exact[finite])
    assert error.max() <= MAX_ULP[name]


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [("exp", -10, 10), ("log", 0.25, 4), ("tanh", -10, 10), ("erf", -4, 4), ("rsqrt", 1, 4)],
)
def test_the_stated_error_holds_where_models_live(name: str, lowest: float, highest: float) -> None:
    x = np.linspace(lowest, highest, 1_000_003).astype(np.float32)
    exact = REFERENCES[name](x.astype(np.float64))
    error = np.abs(OPS[name].evaluate(x) - exact) / ulp(np.where(exact == 0, 1, exact))
    assert error.max() <= MAX_ULP[name]


@pytest.mark.parametrize("name", ["tanh", "erf"])
def test_odd_functions_are_odd_and_bounded(name: str) -> None:
    x = samples()
    x = x[~np.isnan(x)]
    y = OPS[name].evaluate(x)
    assert (np.abs(y) <= 1).all()
    assert (OPS[name].evaluate(-x).view(np.uint32) == (-y).view(np.uint32)).all()


INF, NAN = np.inf, np.nan
EDGES = [
    ("exp", 0.0, 1.0), ("exp", -0.0, 1.0), ("exp", INF, INF), ("exp", -INF, 0.0), ("exp", NAN, NAN),
    ("exp", 88.72284, INF), ("exp", -103.97209, 0.0), ("exp", -103.972, 1e-45), ("exp", 1e-45, 1.0),
    ("log", 1.0, 0.0), ("log", 0.0, -INF), ("log", -0.0, -INF), ("log", -1e-45, NAN),
    ("log", INF, INF), ("log", -INF, NAN), ("log", NAN, NAN), ("log", 1e-45, -103.27893),
    ("tanh", 0.0, 0.0), ("tanh", -0.0, -0.0), ("tanh", 1e-45, 1e-45), ("tanh", INF, 1.0),
    ("tanh", -INF, -1.0), ("tanh", NAN, NAN), ("tanh", 9.02, 1.0),
    ("erf", 0.0, 0.0), ("erf", -0.0, -0.0), ("erf", 1e-45, 1e-45), ("erf", INF, 1.0),
    ("erf", -INF, -1.0), ("erf", NAN, NAN), ("erf", 1e30, 1.0),
    ("rsqrt", 4.0, 0.5), ("rsqrt", 0.0, INF), ("rsqrt", -0.0, -INF), ("rsqrt", INF, 0.0),
    ("rsqrt", -1.0, NAN), ("rsqrt", NAN, NAN), ("rsqrt", 1e-45, 2.0**74.5),
]  # fmt: skip


@pytest.mark.parametrize(("name", "x", "expected"), EDGES)
def test_edges(name: str, x: float, expected: float) -> None:
    y = OPS[name].evaluate(np.float32(x))
    assert y.tobytes() == np.float32(expected).tobytes()


def test_every_constant_is_exactly_an_f32() -> None:
    for table in COEFFICIENTS:
        for text, value in zip(table.values, table.f32, strict=True):
            assert float(value) == float.fromhex(text)


DIGESTS = {
    "exp": "00fce10ea7e07f58",
    "log": "83f5a4273496521a",
    "tanh": "341074757ba37ead",
    "erf": "06813e6f5ffa5169",
    "rsqrt": "9c871f999fa85afb",
}


@pytest.mark.parametrize("name", MAX_ULP)
def test_the_bits_never_change(name: str) -> None:
    """A change of any bit changes the meaning of configurations: make it on purpose."""
    y = OPS[name].evaluate(samples())
    assert hashlib.sha256(y.tobytes()).hexdigest()[:16] == DIGESTS[name]
