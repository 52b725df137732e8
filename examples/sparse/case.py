"""What an example gives: a module, the arguments of its `forward`, and how tensors are stored."""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import nn


class Case(NamedTuple):
    """A model to run.

    Attributes:
        model: in evaluation mode.
        arguments: of `forward`; some may be sparse tensors.
        formats: how weights and results are stored, by name.
    """

    model: nn.Module
    arguments: tuple[torch.Tensor, ...]
    formats: Mapping[str, str] = {}


def prune(module: nn.Module, density: float) -> None:
    """Set the smallest weights of every linear layer to zero, but for a share of `density`."""
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            weight = layer.weight.detach()
            kept = max(1, round(weight.numel() * density))
            threshold = weight.abs().flatten().topk(kept).values[-1]
            weight *= weight.abs() >= threshold


def random_graph(nodes: int, degree: int, seed: int) -> torch.Tensor:
    """Return the adjacency matrix of a random graph, f32[nodes, nodes] of zeros and ones.

    Every node has an edge to itself and about `degree` others, in both directions.
    """
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(nodes, nodes, generator=generator) < degree / (2 * nodes)
    return (drawn | drawn.T | torch.eye(nodes, dtype=torch.bool)).float()
