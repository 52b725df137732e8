"""Operands as people have them: arrays and numbers, tensors of SciPy and PyTorch, fibertrees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from rdu.frontends.sparse.elements import Element, cast
from rdu.frontends.sparse.scipy_arrays import from_scipy
from rdu.frontends.sparse.torch_tensors import from_torch, numbers_of, on_cpu
from rdu.semantics.dtypes import NUMPY
from rdu.semantics.fibertree import Fibertree, Flaw, convert, find_flaws
from rdu.support.diagnostics import Collector, Diagnostic, RduError, error

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

    Raises RduError with every operand that is no tensor of real numbers, has a value that the type
    does not hold, or levels that are no tree's (`find_flaws`).
    """
    problems: list[Diagnostic] = []

    def each(values: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        for name, value in values.items():
            try:
                changed[name] = change(value)
            except RduError as failure:
                problems.extend(
                    replace(found, message=f"operand '{name}': {found.message}")
                    for found in failure.diagnostics
                )
        return changed

    plain = each(given, _plain)
    floats = any(_dtype(value).startswith(("float", "bfloat")) for value in plain.values())
    others: Element = element or ("f32" if floats else "i32")

    def take(value: Any) -> Taken:
        keeps = element is None and _dtype(value) in _ELEMENTS
        return _take(value, None if keeps else others)

    taken = each(plain, take)
    if problems:
        raise RduError(problems)
    return taken


_ELEMENTS = {NUMPY[element].name for element in ("f32", "i32", "bf16")}


def _plain(value: Operand) -> Any:
    """Return dense tensors, numbers and lists as arrays, and all else as it is, checked."""
    if isinstance(value, Fibertree):
        _check(value)
        return value
    if _SPARSE.issparse(value):
        return value
    if np.ma.is_masked(value):
        hint = "filled(0) makes zeros of masked values"
        raise RduError(error("array with masked values: expected all values", hint=hint))
    if not _is_torch(value):
        try:
            return np.asarray(value)
        except ValueError:  # lists of different lengths
            return np.asarray(value, dtype=object)
    tensor = on_cpu(value)
    return numbers_of(tensor) if str(tensor.layout) == "torch.strided" else tensor


def _check(tree: Fibertree) -> None:
    """Raise RduError with all that is wrong with levels that anyone may have put together."""
    problems = Collector()
    for flaw in find_flaws(tree):
        problems.error(f"{_place(flaw)} {flaw.message}")
    problems.check()


def _place(flaw: Flaw) -> str:
    what = f"'{flaw.array}'" if flaw.level is None else f"level {flaw.level}: '{flaw.array}'"
    return f"{what}, place {flaw.index}," if flaw.index else what


def _take(value: Any, element: Element | None) -> Taken:
    if isinstance(value, Fibertree):
        return value if element is None else replace(value, values=cast(value.values, element))
    if _is_torch(value):
        return _without_single_blocks(from_torch(value, element=element))
    if _SPARSE.issparse(value):
        return _without_single_blocks(from_scipy(value, element=element))
    return value if element is None else cast(value, element)


def _without_single_blocks(tree: Fibertree) -> Fibertree:
    """Return a tree without levels of blocks of one."""
    form = tree.format.without_single_blocks()
    return tree if form == tree.format else convert(tree, form)


def _dtype(value: Any) -> str:
    dtype = value.values.dtype if isinstance(value, Fibertree) else value.dtype
    return str(dtype).removeprefix("torch.")


def _is_torch(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] == "torch"
