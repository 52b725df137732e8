"""What the examples of configurations compute, and the data that tests give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.sparse import csr_array

Array = NDArray[Any]
Arrays = dict[str, Array]
Shapes = Mapping[str, tuple[int, ...]]


def _normal(rng: Generator, shapes: Shapes) -> Arrays:
    return {}


@dataclass(frozen=True, slots=True)
class Kernel:
    """An example.

    Attributes:
        outputs: computes the outputs from the inputs, floating point in double precision.
        data: makes inputs; normal random numbers stand for those that it leaves out.
        unordered: outputs whose order is that of arrivals; compared as sets.
    """

    outputs: Callable[[Arrays], Arrays]
    data: Callable[[Generator, Shapes], Arrays] = _normal
    unordered: tuple[str, ...] = ()


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _gemm(t: Arrays) -> Arrays:
    return {"c": t["a"] @ t["b"].T}


def _attention(t: Arrays) -> Arrays:
    return {"ot": (_softmax(t["q"] @ t["k"].T / 8) @ t["v"]).T}


def _keys(rng: Generator, shapes: Shapes) -> Arrays:
    return {"keys": rng.integers(0, 64, shapes["keys"])}


def _keys_and_names(rng: Generator, shapes: Shapes) -> Arrays:
    keys = rng.integers(0, 64, shapes["keys"])
    keys[-64:] = np.arange(64)
    return {"keys": keys}


def _recurrence(t: Arrays) -> Arrays:
    y = np.zeros(len(t["x"]) + 1)
    for i, x in enumerate(t["x"]):
        y[i + 1] = y[i] / 2 + x
    return {"y": y[1:]}


def _array(t: Arrays) -> Arrays:
    c = np.einsum("tki,tkj->tij", t["at"], t["b"]) / 2 + 1
    return {"c": np.maximum(c, 0).reshape(len(c), -1)}


def _ids(rng: Generator, shapes: Shapes) -> Arrays:
    return {"ids": rng.integers(0, shapes["table"][0], shapes["ids"])}


def _places(rng: Generator, shapes: Shapes) -> Arrays:
    return {"p": rng.permutation(shapes["p"][0])}


def _scatter(t: Arrays) -> Arrays:
    y = np.zeros_like(t["x"])
    y[t["p"]] = t["x"]
    return {"y": y}


def _stencil(t: Arrays) -> Arrays:
    x = t["image"]
    return {"y": (x[:-2] + x[1:-1] + x[2:]) / 3}


def _positive(rng: Generator, shapes: Shapes) -> Arrays:
    return {"x": rng.uniform(1, 2, shapes["x"])}


def _sparse(rng: Generator, shapes: Shapes) -> Arrays:
    """Return the rows of a matrix in CSR; about a third of them are empty."""
    rows, room = shapes["starts"][0] - 1, shapes["columns"][0]
    lengths = rng.integers(0, 2 * room // rows, rows) * (rng.random(rows) > 0.3)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    return {"starts": starts, "columns": rng.integers(0, shapes["x"][0], room)}


def _spmv(t: Arrays) -> Arrays:
    products = np.concatenate(([0], np.cumsum(t["values"] * t["x"][t["columns"]])))
    return {"y": np.diff(products[t["starts"]])}


SAM_SIZES = {19: (8, 0.3), 12_371: (500, 0.05)}
"""Extent and density of the matrix of `spmv-sam`, by the number of its values."""


def _stored(shape: tuple[int, ...], density: float, seed: int) -> Array:
    """Return an array in which about so many elements are not zero."""
    rng = np.random.default_rng(seed)
    kept = rng.random(shape) < density
    return kept * rng.integers(1, 6, size=shape)


def _levels(rng: Generator, shapes: Shapes) -> Arrays:
    """Return a matrix and a vector as levels that store what is not zero."""
    extent, density = SAM_SIZES[shapes["B.values"][0]]
    b, x = _stored((extent, extent), density, 0), _stored((extent,), 0.5, 1)
    rows, columns = np.flatnonzero(b.any(axis=1)), np.nonzero(b)[1]
    ends = np.cumsum(np.count_nonzero(b[rows], axis=1))
    return {
        "B.rows.segments": np.array([0, len(rows)]),
        "B.rows.coordinates": rows,
        "B.columns.segments": np.concatenate(([0], ends)),
        "B.columns.coordinates": columns,
        "B.values": b[b != 0],
        "x.segments": np.array([0, np.count_nonzero(x)]),
        "x.coordinates": np.flatnonzero(x),
        "x.values": x[x != 0],
    }


def _spmv_by_levels(t: Arrays) -> Arrays:
    """Multiply the stored rows, as SciPy does."""
    extent, _ = SAM_SIZES[len(t["B.values"])]
    rows = t["B.rows.coordinates"]
    b = csr_array(
        (t["B.values"], t["B.columns.coordinates"], t["B.columns.segments"]), (len(rows), extent)
    )
    x = np.zeros(extent)
    x[t["x.coordinates"]] = t["x.values"]
    return {"y.segments": t["B.rows.segments"], "y.coordinates": rows, "y.values": b @ x}


def _flags(rng: Generator, shapes: Shapes) -> Arrays:
    return {"flags": rng.random(shapes["flags"]) < 0.5}


def _select(t: Arrays) -> Arrays:
    y = np.zeros(t["x"].size)
    kept = t["x"][t["flags"]].reshape(-1)
    y[: len(kept)] = kept
    return {"y": y}


def _elu(t: Arrays) -> Arrays:
    return {"y": np.where(t["x"] >= 0, t["x"], np.expm1(t["x"]))}


def _merge(t: Arrays) -> Arrays:
    origin = np.repeat((0, 1), (len(t["a"]), len(t["b"])))
    return {"y": np.concatenate((t["a"], t["b"])), "origin": origin}


def _histogram(t: Arrays) -> Arrays:
    return {"counts": np.bincount(t["keys"], minlength=64)}


def _means(t: Arrays) -> Arrays:
    counts = np.bincount(t["keys"], minlength=64)
    return {"means": np.bincount(t["keys"], t["values"], 64) / np.maximum(counts, 1)}


KERNELS = {
    "attention": Kernel(_attention),
    "branch": Kernel(_elu),
    "dot": Kernel(lambda t: {"z": np.array([t["x"] @ t["y"]])}),
    "dot-bf16": Kernel(lambda t: {"z": np.array([t["x"] @ t["y"]])}),
    "embedding": Kernel(lambda t: {"y": t["table"][t["ids"]]}, _ids),
    "gemm": Kernel(_gemm),
    "gemm-2x2": Kernel(_gemm),
    "gemm-lanes": Kernel(_gemm),
    "gemm-tree": Kernel(_gemm),
    "group-by": Kernel(_means, _keys),
    "histogram": Kernel(_histogram, _keys),
    "histogram-loop": Kernel(
        lambda t: {"counts": np.bincount(t["keys"][:-64], minlength=64)}, _keys_and_names
    ),
    "merge": Kernel(_merge, unordered=("y", "origin")),
    "normalise": Kernel(lambda t: {"y": t["x"] / t["x"].sum()}, _positive),
    "recurrence": Kernel(_recurrence),
    "scan": Kernel(lambda t: {"y": np.cumsum(t["x"])}),
    "scatter": Kernel(_scatter, _places),
    "select-rows": Kernel(_select, _flags),
    "softmax": Kernel(lambda t: {"y": _softmax(t["x"])}),
    "spmv": Kernel(_spmv, _sparse),
    "spmv-sam": Kernel(_spmv_by_levels, _levels),
    "stencil": Kernel(_stencil),
    "systolic": Kernel(_array),
    "transpose": Kernel(lambda t: {"y": t["x"].transpose(0, 2, 1)}),
}
"""Every example, by the name of its file."""
