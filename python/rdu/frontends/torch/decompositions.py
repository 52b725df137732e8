"""Decompositions of our own, where torch-mlir's lose accuracy or leave the fabric's types."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rdu.frontends.torch.accesses import accesses
from rdu.frontends.torch.integers import integers
from rdu.frontends.torch.moves import moves
from rdu.frontends.torch.ordering import by_order

if TYPE_CHECKING:
    import torch


def overrides() -> dict[Any, Callable[..., Any]]:
    """Return operators and what replaces them, to lay over torch-mlir's table.

    * GELU by PyTorch's own reference: torch-mlir writes sqrt(2 / pi) as 0.797724 in the tanh form.
    * LayerNorm by mean, centred value and mean square: torch-mlir's goes through f64.
    * GroupNorm as LayerNorm of the values of a group: torch-mlir's gathers the weights.
    * Variances and standard deviations by centred values and their squares, for the same reason.
    * Gathers and scatters by values in the forms that torch-mlir lowers (`accesses`).
    * All that is chosen by order by `sort` and `topk`, which torch-mlir has in one form only; the
      position of a greatest or least value, too: torch-mlir's never is that of NaN.
    * Padding that also cuts as slices, then padding: torch-mlir drops what leaves the shape alone.
      Padding with other numbers than zero puts tensors of them around.
    * Quotients, remainders and bits of integers, and ranges (`integers`); rolls, reversals and
      running sums (`moves`).
    * Powers by negative integers as reciprocals: MLIR's expansion gives -inf for those of zero.
    """
    import torch
    from torch import _decomp

    aten = torch.ops.aten
    find: Callable[..., dict[Any, Any]] = _decomp.get_decompositions  # pyright: ignore
    return {
        **find([aten.gelu.default]),
        aten.group_norm.default: _group_norm,
        aten.layer_norm.default: _layer_norm,
        aten.constant_pad_nd.default: _pad,
        aten.pow.Tensor_Scalar: _pow,
        **_of_variances(aten),
        **integers(),
        **moves(),
        **accesses(aten),
        **by_order(),
    }


def _pad(values: torch.Tensor, pad: Sequence[int], value: float = 0) -> Any:
    """Cut by what is negative, then put around what is not; the last dimension comes first."""
    import torch

    if value == 0 and min(pad, default=0) >= 0:
        return NotImplemented
    around = [max(each, 0) for each in pad]
    for number, (low, high) in enumerate(zip(pad[::2], pad[1::2], strict=True)):
        dim = values.dim() - 1 - number
        start, end = max(-low, 0), values.shape[dim] - max(-high, 0)
        values = values.narrow(dim, start, end - start)
        if value:
            before, after = (_filled(values, dim, each, value) for each in around[2 * number :][:2])
            values = torch.cat([*before, values, *after], dim)
    return values if value or not any(around) else torch.constant_pad_nd(values, around)


def _pow(values: torch.Tensor, exponent: float) -> Any:
    """Return one over the power by what is positive."""
    if exponent >= 0 or exponent != int(exponent) or not values.is_floating_point():
        return NotImplemented
    return values.pow(-exponent).reciprocal()


def _filled(values: torch.Tensor, dim: int, count: int, value: float) -> list[torch.Tensor]:
    """Return a tensor of a number as large as values, but in one dimension; none if it is empty."""
    shape = [*values.shape]
    shape[dim] = count
    return [values.new_full(shape, value)] if count else []


def _layer_norm(
    values: torch.Tensor,
    normalized_shape: Sequence[int],
    weight: torch.Tensor | None = None,
    bias: torch.Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> torch.Tensor:
    """Normalise the trailing dimensions; variance as the mean square of the centred values."""
    del cudnn_enable
    normalized = _normalized(values, list(range(-len(normalized_shape), 0)), eps)
    if weight is not None:
        normalized = normalized * weight
    return normalized if bias is None else normalized + bias


def _group_norm(
    values: torch.Tensor,
    num_groups: int,
    weight: torch.Tensor | None = None,
    bias: torch.Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> torch.Tensor:
    """Normalise groups of channels, each with all that is behind them."""
    del cudnn_enabled
    batch, channels, *rest = values.shape
    grouped = values.reshape(batch, num_groups, channels // num_groups, *rest)
    normalized = _normalized(grouped, list(range(2, grouped.dim())), eps).reshape(values.shape)
    each = (channels, *(1 for _ in rest))
    if weight is not None:
        normalized = normalized * weight.reshape(each)
    return normalized if bias is None else normalized + bias.reshape(each)


def _normalized(values: torch.Tensor, dims: list[int], eps: float) -> torch.Tensor:
    """Return centred values over their standard deviation in some dimensions."""
    centred = values - values.mean(dims, keepdim=True)
    variance = (centred * centred).mean(dims, keepdim=True)
    return centred * (variance + eps).rsqrt()


def _of_variances(aten: Any) -> dict[Any, Callable[..., Any]]:
    """Return replacements of all overloads of variances, alone or with the mean."""
    made: dict[Any, Callable[..., Any]] = {}
    for name, root in (("var", False), ("std", True)):
        for pair in (False, True):
            packet = getattr(aten, f"{name}_mean" if pair else name)
            for overload, read in _ARGUMENTS.items():
                made[getattr(packet, overload)] = _spread(read, root=root, pair=pair)
    return made


_Spread = tuple[Sequence[int] | None, float, bool]
"""The dimensions, all if None or empty; what the number of values is less by; whether they stay."""


def _default(unbiased: bool = True) -> _Spread:
    return None, float(unbiased), False


def _dim(dim: Sequence[int] | None, unbiased: bool = True, keepdim: bool = False) -> _Spread:
    return dim, float(unbiased), keepdim


def _correction(
    dim: Sequence[int] | None = None, *, correction: float | None = None, keepdim: bool = False
) -> _Spread:
    return dim, 1.0 if correction is None else float(correction), keepdim


_ARGUMENTS: Mapping[str, Callable[..., _Spread]] = {
    "default": _default,
    "dim": _dim,
    "correction": _correction,
}
"""How the overloads of the operators of variance take their arguments."""


def _spread(read: Callable[..., _Spread], *, root: bool, pair: bool) -> Callable[..., Any]:
    """Return an operator of variance, its root or not, with the mean or without."""

    def spread(values: torch.Tensor, *arguments: Any, **named: Any) -> Any:
        dim, correction, keepdim = read(*arguments, **named)
        dims = list(dim or range(values.dim()))
        mean = values.mean(dims, keepdim=True)
        centred = values - mean
        count = math.prod(values.shape[d] for d in dims)
        found = (centred * centred).sum(dims, keepdim=keepdim) / max(count - correction, 0.0)
        found = found.sqrt() if root else found
        return (found, mean if keepdim else values.mean(dims)) if pair else found

    return spread
