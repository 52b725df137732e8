"""A perceptron of whose weights two in each four are kept, those of greatest magnitude."""

import torch
from case import Case
from torch import nn


class Perceptron(nn.Module):
    """Two linear layers with a ReLU in between."""

    def __init__(self, features: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.up = nn.Linear(features, hidden)
        self.down = nn.Linear(hidden, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map f32[batch, features] to f32[batch, outputs]."""
        return self.down(torch.relu(self.up(x)))


def keep_n_of_m(weight: torch.Tensor, n: int, m: int) -> None:
    """Set all but the n greatest of each m weights of a row to zero, in place."""
    groups = weight.detach().view(-1, m)
    dropped = groups.abs().argsort(-1)[:, : m - n]
    groups.scatter_(1, dropped, 0.0)


def make(size: int = 16, seed: int = 0) -> Case:
    """Return a perceptron of `size` values, its weights stored two of each four."""
    torch.manual_seed(seed)
    model = Perceptron(size, size, size // 2).eval()
    for layer in (model.up, model.down):
        keep_n_of_m(layer.weight, 2, 4)
    return Case(model, (torch.randn(4, size),), {"*.weight": "2:4"})
