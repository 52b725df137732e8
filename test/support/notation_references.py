"""What each of SAM's kernels computes, in NumPy, on arrays by name."""

from collections.abc import Callable
from typing import Any

import numpy as np

EXTENTS = {"i": 5, "j": 4, "k": 6, "l": 3}
"""Of the index variables, all different, so that no transposition goes unnoticed."""

Arrays = dict[str, Any]


def product(subscripts: str, *names: str) -> Callable[[Arrays], Any]:
    return lambda t: np.einsum(subscripts, *(t[name] for name in names))


def matmul(t: Arrays) -> Any:
    return t["B"] @ t["C"]


def copy(name: str) -> Callable[[Arrays], Any]:
    return lambda t: t[name]


REFERENCES: dict[str, Callable[[Arrays], Any]] = {
    "matmul_kij": matmul,
    "matmul_kji": matmul,
    "matmul_ikj": matmul,
    "matmul_jki": matmul,
    "matmul_ijk": matmul,
    "matmul_jik": matmul,
    "mat_elemmul": lambda t: t["B"] * t["C"],
    "mat_elemadd": lambda t: t["B"] + t["C"],
    "mat_identity": copy("B"),
    "mat_identity_dense": copy("B"),
    "mat_vecmul_ij": lambda t: t["B"] @ t["c"],
    "mat_vecmul_ji": lambda t: t["B"] @ t["c"],
    "vec_elemmul": lambda t: t["b"] * t["c"],
    "vec_identity": copy("b"),
    "vec_elemadd": lambda t: t["b"] + t["c"],
    "vec_scalar_mul": lambda t: t["b"] * t["c"],
    "tensor3_elemmul": lambda t: t["B"] * t["C"],
    "tensor3_identity": copy("B"),
    "tensor3_identity_dense": copy("B"),
    "tensor3_elemadd": lambda t: t["B"] + t["C"],
    "tensor3_innerprod": lambda t: np.vdot(t["B"], t["C"]),
    "tensor3_ttv": lambda t: t["B"] @ t["c"],
    "tensor3_ttm": product("ijl,kl->ijk", "B", "C"),
    "mat_sddmm": lambda t: t["B"] * (t["C"] @ t["D"]),
    "mat_mattransmul": lambda t: t["b"] * (t["C"].T @ t["d"]) + t["e"] * t["f"],
    "mat_residual": lambda t: t["b"] - t["C"] @ t["d"],
    "mat_elemadd3": lambda t: t["B"] + t["C"] + t["D"],
    "tensor3_mttkrp": product("ikl,jk,jl->ij", "B", "C", "D"),
    "vec_spacc_simple": lambda t: t["B"].sum(axis=0),
    "mat_spacc_simple": lambda t: t["B"].sum(axis=0),
    "vec_sd_compression": copy("b"),
    "vec_ds_compression": copy("b"),
}


def random_arrays(
    shapes: dict[str, tuple[int, ...]], density: float, dtype: type, seed: int
) -> Arrays:
    """Return arrays of small integers, so that sums are exact in any order.

    Where there is room, the second row and the last column have no values.
    """
    rng = np.random.default_rng(seed)
    arrays: Arrays = {}
    for name, shape in shapes.items():
        values = rng.integers(-4, 5, shape) * (rng.random(shape) < density)
        array = np.array(values, dtype)
        if array.ndim and density < 1:
            array[1] = 0
            array[..., -1] = 0
        arrays[name] = array
    return arrays
