"""Decompositions of what moves values along a dimension: rolls, reversals, running sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def moves() -> dict[Any, Callable[..., Any]]:
    """Return operators that move values and what replaces them."""
    import torch

    aten = torch.ops.aten
    return {
        aten.roll.default: _roll,
        aten.flip.default: _flip,
        aten.cumsum.default: _cumsum,
    }


def _roll(values: torch.Tensor, shifts: Sequence[int], dims: Sequence[int] = ()) -> torch.Tensor:
    """Put the last in front of the others."""
    import torch

    if not dims:
        return _roll(values.reshape(-1), shifts, (0,)).reshape(values.shape)
    for shift, dim in zip(shifts, dims, strict=True):
        extent = values.shape[dim]
        first = -shift % extent
        if first:
            parts = values.narrow(dim, first, extent - first), values.narrow(dim, 0, first)
            values = torch.cat(parts, dim)
    return values


def _flip(values: torch.Tensor, dims: Sequence[int]) -> torch.Tensor:
    """Take the positions from the last on."""
    import torch

    for dim in dims:
        extent = values.shape[dim]
        if extent > 1:
            values = values.index_select(dim, torch.arange(extent - 1, -1, -1))
    return values


def _cumsum(values: torch.Tensor, dim: int, *, dtype: Any = None) -> torch.Tensor:
    """Sum for each position what is not behind it."""
    import torch

    if dtype is None:
        dtype = values.dtype if values.is_floating_point() else torch.int64
    if not values.dim():
        return values.to(dtype)
    places = torch.arange(values.shape[dim])
    others = values.movedim(dim, -1)
    taken = torch.where(places <= places[:, None], others.unsqueeze(-2), 0)
    return taken.sum(-1, dtype=dtype).movedim(-1, dim)
