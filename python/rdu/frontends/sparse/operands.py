"""Operands as people have them: arrays and numbers, tensors of SciPy and PyTorch, fibertrees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from rdu.frontends.sparse.elements import Element, cast
from rdu.frontends.sparse.scipy_arrays import from_scipy
from rdu.frontends.sparse.torch_tensors import from_torch, numbers_of
from rdu.semantics.dtypes import NUMPY
from rdu.semantics.fibertree import Fibertree, Format, convert
from rdu.support.diagnostics import Diagnostic, RduError

_SPARSE: Any = scipy.sparse  # SciPy brings no types

Operand: TypeAlias = Any
"""A fibertree; an array of NumPy, a number or nested lists of them; a sparse array or matrix of
SciPy; a tensor of PyTorch, dense or sparse."""

Taken: TypeAlias = Fibertree | NDArray[Any]


def take_operands(given: Mapping[str, Operand], element: Element | None = None) -> dict[str, Taken]:
    """Return operands as fibertrees, which keep the formats that tensors had, and arrays.

    Args:
        given: operands by name, of any real type.
        element: the type of all values. Without one f32, i32 and bf16 stay; anything else becomes
            f32 if one of the operands is of floats, else i32.

    Raises RduError with every operand that is no tensor of real numbers, or has a value that the
    type does not hold.
    """
    problems: list[Diagnostic] = []
    taken: dict[str, Taken] = {}
    plain = {name: _plain(value) for name, value in given.items()}
    floats = any(_dtype(value).startswith(("float", "bfloat")) for value in plain.values())
    for name, value in plain.items():
        keeps = element is None and _dtype(value) in _ELEMENTS
        to: Element | None = None if keeps else element or ("f32" if floats else "i32")
        try:
            taken[name] = _take(value, to)
        except RduError as failure:
            problems += [
                replace(each, message=f"operand '{name}': {each.message}")
                for each in failure.diagnostics
            ]
    if problems:
        raise RduError(problems)
    return taken


_ELEMENTS = {NUMPY[element].name for element in ("f32", "i32", "bf16")}


def _plain(value: Operand) -> Any:
    """Return dense tensors, numbers and lists as arrays, and all else as it is."""
    if isinstance(value, Fibertree) or _SPARSE.issparse(value):
        return value
    if not _is_torch(value):
        try:
            return np.asarray(value)
        except ValueError:  # lists of different lengths
            return np.asarray(value, dtype=object)
    return numbers_of(value.detach().cpu()) if str(value.layout) == "torch.strided" else value


def _take(value: Any, element: Element | None) -> Taken:
    if isinstance(value, Fibertree):
        return value if element is None else replace(value, values=cast(value.values, element))
    if _is_torch(value):
        return _without_single_blocks(from_torch(value, element=element))
    if _SPARSE.issparse(value):
        return _without_single_blocks(from_scipy(value, element=element))
    return value if element is None else cast(value, element)


def _without_single_blocks(tree: Fibertree) -> Fibertree:
    """Return a tree without levels of blocks of one, which say nothing."""
    levels = [str(level) for level in tree.format.levels]
    kept = [number for number, level in enumerate(levels) if level != "blocked:1"]
    if len(kept) == len(levels):
        return tree
    order = [tree.format.order[number] for number in kept]
    return convert(tree, Format.of([levels[number] for number in kept], order))


def _dtype(value: Any) -> str:
    dtype = value.values.dtype if isinstance(value, Fibertree) else value.dtype
    return str(dtype).removeprefix("torch.")


def _is_torch(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] == "torch"
