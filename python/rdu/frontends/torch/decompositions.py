"""Decompositions of our own, where torch-mlir's lose accuracy or leave the fabric's types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def overrides() -> dict[Any, Callable[..., Any]]:
    """Return operators and what replaces them, to lay over torch-mlir's table.

    * GELU by PyTorch's own reference: torch-mlir writes sqrt(2 / pi) as 0.797724 in the tanh form.
    * LayerNorm by mean, centred value and mean square: torch-mlir's goes through f64.
    """
    import torch
    from torch import _decomp

    aten = torch.ops.aten
    find: Callable[..., dict[Any, Any]] = _decomp.get_decompositions  # pyright: ignore
    return {**find([aten.gelu.default]), aten.layer_norm.default: _layer_norm}


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
    dims = list(range(-len(normalized_shape), 0))
    centred = values - values.mean(dims, keepdim=True)
    variance = (centred * centred).mean(dims, keepdim=True)
    normalized = centred * (variance + eps).rsqrt()
    if weight is not None:
        normalized = normalized * weight
    return normalized if bias is None else normalized + bias
