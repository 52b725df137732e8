"""Decompositions of what integers are computed by: torch-mlir's go through f64, or are missing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def integers() -> dict[Any, Callable[..., Any]]:
    """Return operators on integers and what replaces them; those of floats stay.

    Quotients are rounded by hand, ranges are computed of positions, numbers that bits are combined
    with become tensors.
    """
    import torch

    aten = torch.ops.aten
    bits = {
        aten.bitwise_and.Scalar: aten.bitwise_and.Tensor,
        aten.bitwise_or.Scalar: aten.bitwise_or.Tensor,
        aten.bitwise_xor.Scalar: aten.bitwise_xor.Tensor,
    }
    return {
        aten.floor_divide.default: _floor_divide,
        aten.floor_divide.Scalar: _floor_divide,
        aten.div.Tensor_mode: _div,
        aten.div.Scalar_mode: _div,
        aten.remainder.Scalar: _remainder,
        aten.remainder.Tensor: _remainder,
        aten.fmod.Scalar: _fmod,
        aten.fmod.Tensor: _fmod,
        aten.arange.start_step: _arange,
        **{scalar: _with_tensor(operator) for scalar, operator in bits.items()},
    }


def _floor_divide(x: torch.Tensor, y: Any) -> Any:
    """Round the quotient towards zero, and take one off where that was up."""
    import torch

    if not _are_integers(x, y):
        return NotImplemented
    quotient, up = _rounded(x, y)
    return quotient - up.to(torch.result_type(x, y))


def _div(x: torch.Tensor, y: Any, *, rounding_mode: str | None = None) -> Any:
    return _floor_divide(x, y) if rounding_mode == "floor" else NotImplemented


def _remainder(x: torch.Tensor, y: Any) -> Any:
    """Return what has the sign of the divisor."""
    import torch

    if not _are_integers(x, y):
        return NotImplemented
    quotient, up = _rounded(x, y)
    return x - quotient * y + up.to(torch.result_type(x, y)) * y


def _fmod(x: torch.Tensor, y: Any) -> Any:
    """Return what has the sign of what is divided."""
    return x - _rounded(x, y)[0] * y if _are_integers(x, y) else NotImplemented


def _rounded(x: torch.Tensor, y: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the quotient without what is behind the point, and where that rounds it up."""
    import torch

    quotient = torch.div(x, y, rounding_mode="trunc")
    rest = x - quotient * y
    return quotient, (rest != 0) & ((rest < 0) ^ (y < 0))


def _are_integers(*operands: Any) -> bool:
    import torch

    return all(
        each.dtype in (torch.int32, torch.int64)
        if isinstance(each, torch.Tensor)
        else isinstance(each, int) and not isinstance(each, bool)
        for each in operands
    )


def _arange(start: Any, end: Any, step: Any = 1, *, dtype: Any = None, **where: Any) -> Any:
    """Compute what is no position of positions."""
    import torch

    del where
    whole = all(isinstance(each, int) for each in (start, end, step))
    dtype = dtype or (torch.int64 if whole else torch.get_default_dtype())
    if whole and (start, step) == (0, 1) and dtype == torch.int64:
        return NotImplemented
    made = torch.arange(math.ceil((end - start) / step))
    made = made if whole else made.to(dtype)
    made = made if step == 1 else made * step
    return (made if start == 0 else made + start).to(dtype)


def _with_tensor(operator: Any) -> Callable[..., Any]:
    def combined(x: torch.Tensor, y: Any) -> Any:
        import torch

        return operator(x, torch.full([], y, dtype=x.dtype))

    return combined
