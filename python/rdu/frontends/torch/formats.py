"""How the tensors of a model are stored: the words that users write, and the layouts of PyTorch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rdu.frontends.sparse.notation.formats import encoding_text, read_format
from rdu.frontends.sparse.torch_tensors import from_torch
from rdu.semantics.fibertree import NAMED_FORMATS, Format, bsr

if TYPE_CHECKING:
    import torch

FormatLike: TypeAlias = str | Sequence[str] | Format
"""A text as `encoding` reads it, the name of each level, or a format."""

LAYOUTS = ("strided", "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc")
"""The layouts of PyTorch that inputs may have."""

_BLOCKS = re.compile(r"(?P<kind>bsr|bsc):(?P<rows>[1-9][0-9]{0,5})x(?P<columns>[1-9][0-9]{0,5})")
_N_OF_M = re.compile(r"(?P<n>[1-9][0-9]{0,2}):(?P<m>[1-9][0-9]{0,2})")


def encoding(given: FormatLike, shape: Sequence[int]) -> str | None:
    """Return the sparse encoding of a tensor's type as text, None if it is stored as an array.

    Texts are `csr`, `csc`, `coo`, `dcsr`, `dcsc`, letters as of tensor index notation (`ds:1,0`),
    `bsr:4x4` and `bsc:4x4` for matrices of dense blocks in compressed rows or columns, `2:4` for at
    most two values in each four of the innermost dimension, and `dense`. Raises ValueError for
    everything else, and for what a tensor of this shape is not stored in.
    """
    if isinstance(given, str) and (found := _N_OF_M.fullmatch(given)):
        return _n_of_m(int(found["n"]), int(found["m"]), shape)
    form = _read(given, shape)
    if form.rank != len(shape):
        raise ValueError(f"is of {form.rank} dimensions: expected {len(shape)}")
    for number, level in enumerate(form.levels):
        extent = shape[form.order[number]]
        if level.kind == "blocked" and extent % level.length:
            raise ValueError(f"has blocks of {level.length}: expected blocks that divide {extent}")
    dense = all(level.kind == "dense" for level in form.levels)
    return None if dense and form.order == tuple(range(form.rank)) else encoding_text(form)


def layout_of(tensor: torch.Tensor) -> Format | None:
    """Return how a tensor of PyTorch is stored, None if it is dense.

    Batches and dense dimensions are dense levels around the sparse ones and in them.
    """
    layout = str(tensor.layout).removeprefix("torch.sparse_")
    if layout == "torch.strided":
        return None
    values: Any = tensor._values() if layout == "coo" else tensor.values()
    sparse = tensor.sparse_dim()
    batch = tensor.dim() - sparse - tensor.dense_dim()
    if layout == "coo":
        inner = Format.of(["compressed", *["singleton"] * (sparse - 1)])
    elif layout in ("csr", "csc"):
        inner = NAMED_FORMATS[layout]
    else:
        inner = bsr(*(int(extent) for extent in values.shape[batch + 1 : batch + 3]))
        inner = inner if layout == "bsr" else Format(inner.levels, (1, 0, 0, 1))
        inner = inner.without_single_blocks()
    levels = ["dense"] * batch + [str(level) for level in inner.levels]
    order = [*range(batch), *(batch + dimension for dimension in inner.order)]
    trailing = range(batch + sparse, tensor.dim())
    return Format.of([*levels, *["dense"] * len(trailing)], [*order, *trailing])


def most_in_group(given: FormatLike) -> tuple[int, int] | None:
    """Return n and m of a format that stores at most n of m values, None of another one."""
    found = _N_OF_M.fullmatch(given) if isinstance(given, str) else None
    return (int(found["n"]), int(found["m"])) if found else None


def group_problem(tensor: torch.Tensor, n: int, m: int) -> str | None:
    """Say where a tensor has more than n values in m of its innermost dimension; None if nowhere.

    Zeros that are stored are no values.
    """
    groups = from_torch(tensor).to_dense().reshape(-1, m)
    most = int(np.count_nonzero(groups, axis=1).max(initial=0))
    return f"has a group of {m} with {most} values: expected at most {n}" if most > n else None


def _read(given: FormatLike, shape: Sequence[int]) -> Format:
    if given == "dense":
        return Format.of(["dense"] * len(shape))
    found = _BLOCKS.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        return read_format(given)
    form = bsr(int(found["rows"]), int(found["columns"]))
    form = form if found["kind"] == "bsr" else Format(form.levels, (1, 0, 0, 1))
    return form.without_single_blocks()


def _n_of_m(n: int, m: int, shape: Sequence[int]) -> str:
    if not shape or shape[-1] % m or n > m:
        last = shape[-1] if shape else 1
        raise ValueError(f"keeps {n} of {m}: expected at most {m}, in groups that divide {last}")
    last = len(shape) - 1
    dimensions = ", ".join(f"d{number}" for number in range(len(shape)))
    outer = ", ".join(f"d{number} : dense" for number in range(last))
    groups = f"d{last} floordiv {m} : dense, d{last} mod {m} : structured[{n}, {m}]"
    levels = f"{outer}, {groups}" if outer else groups
    return f"#sparse_tensor.encoding<{{ map = ({dimensions}) -> ({levels}) }}>"
