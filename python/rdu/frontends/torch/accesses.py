"""Decompositions of operators that access tensors by values, into forms that torch-mlir lowers.

torch-mlir's lowering of a scatter along a dimension that is counted from the end ends the process,
indices of i32 it takes for i64, and what is along another dimension than the first it spreads out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def accesses(aten: Any) -> dict[Any, Callable[..., Any]]:
    """Return operators and what replaces them; one that is in the form wanted stays."""
    by_dimension = (
        aten.gather.default,
        aten.scatter.src,
        aten.scatter.value,
        aten.scatter_add.default,
        aten.scatter_reduce.two,
    )
    return {
        aten.index.Tensor: _index,
        **{operator: _along(operator) for operator in by_dimension},
        aten.index_add.default: _index_add,
        aten.index_copy.default: _index_copy,
    }


def _index(values: torch.Tensor, indices: Sequence[torch.Tensor | None]) -> Any:
    """Take positions of i64."""
    import torch

    if all(index is None or index.dtype != torch.int32 for index in indices):
        return NotImplemented
    wide = [None if index is None else _wide(index) for index in indices]
    return torch.ops.aten.index.Tensor(values, wide)


def _along(operator: Any) -> Callable[..., Any]:
    """Count the dimension from the first, and take positions of i64."""
    import torch

    def along(
        values: torch.Tensor, dim: int, index: torch.Tensor, *arguments: Any, **named: Any
    ) -> Any:
        if dim >= 0 and index.dtype == torch.int64:
            return NotImplemented
        return operator(values, dim % values.dim(), _wide(index), *arguments, **named)

    return along


def _index_add(
    values: torch.Tensor, dim: int, index: torch.Tensor, source: torch.Tensor, *, alpha: Any = 1
) -> Any:
    """Add to rows of the first dimension."""
    if alpha != 1:
        return values.index_add(dim, index, source * alpha)
    if dim % values.dim() == 0:
        return values.index_put((_wide(index),), source, accumulate=True)
    return values.movedim(dim, 0).index_add(0, index, source.movedim(dim, 0)).movedim(0, dim)


def _index_copy(values: torch.Tensor, dim: int, index: torch.Tensor, source: torch.Tensor) -> Any:
    """Replace rows of the first dimension."""
    if dim % values.dim() == 0:
        return values.index_put((_wide(index),), source)
    return values.movedim(dim, 0).index_copy(0, index, source.movedim(dim, 0)).movedim(0, dim)


def _wide(index: torch.Tensor) -> torch.Tensor:
    import torch

    return index.to(torch.int64)
