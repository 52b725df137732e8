"""Decompositions of what chooses values by their order, into `sort` and `topk`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def by_order() -> dict[Any, Callable[..., Any]]:
    """Return operators that choose values by order, and what replaces them.

    All are stable: of equal values the first comes first. NaN is the greatest in a sort, and is
    both the greatest and the least value as `max` and `min` have it.
    """
    import torch

    aten = torch.ops.aten
    return {
        aten.sort.stable: _sort,
        aten.topk.default: _top,
        aten.argmax.default: _argmax,
        aten.argmin.default: _argmin,
        aten.kthvalue.default: _kth_value,
        aten.max.dim: _greatest,
        aten.min.dim: _least,
    }


def _sort(
    values: torch.Tensor, *, stable: bool | None = None, dim: int = -1, descending: bool = False
) -> Any:
    import torch

    del stable

    return torch.ops.aten.sort.default(values, dim, descending)


def _top(
    values: torch.Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> Any:
    """Return the first of a sort, also where no order is asked for."""
    import torch

    del sorted
    found = torch.ops.aten.sort.default(values, dim, largest)
    return tuple(each.narrow(dim, 0, k) for each in found)


def _kth_value(values: torch.Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    import torch

    found = torch.ops.aten.sort.default(values, dim, False)
    taken = (each.narrow(dim, k - 1, 1) for each in found)
    return tuple(each if keepdim else each.squeeze(dim) for each in taken)


def _greatest(values: torch.Tensor, dim: int, keepdim: bool = False) -> Any:
    return values.amax(dim, keepdim), _position(values, dim, keepdim=keepdim, greatest=True)


def _least(values: torch.Tensor, dim: int, keepdim: bool = False) -> Any:
    return values.amin(dim, keepdim), _position(values, dim, keepdim=keepdim, greatest=False)


def _argmax(values: torch.Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    return _position(values, dim, keepdim=keepdim, greatest=True)


def _argmin(values: torch.Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    return _position(values, dim, keepdim=keepdim, greatest=False)


def _position(values: torch.Tensor, dim: int | None, *, keepdim: bool, greatest: bool) -> Any:
    """Return where the greatest or least value is; of a tensor without `dim`, in all of it.

    The least of floats is where the greatest of their negatives is, so that NaN comes first.
    """
    if dim is None:
        whole = _position(values.reshape(-1), 0, keepdim=False, greatest=greatest)
        return whole.reshape([1] * values.dim()) if keepdim else whole
    floats = values.is_floating_point()
    sought = values if greatest or not floats else -values
    found = sought.topk(1, dim, largest=greatest or floats).indices
    return found if keepdim else found.squeeze(dim)
