"""A mixture of experts: of many small perceptrons each token passes through the top few."""

import torch
from case import Case
from torch import nn


class GatedMLP(nn.Module):
    """The sum of what experts make of a token, each times its gate; most gates are zero.

    The gates are an argument: choosing the greatest ones is a sort, which no stream primitive does.
    """

    def __init__(self, experts: int, width: int, hidden: int) -> None:
        super().__init__()
        self.up = nn.Parameter(torch.randn(experts, width, hidden) / width**0.5)
        self.down = nn.Parameter(torch.randn(experts, hidden, width) / hidden**0.5)

    def forward(self, gates: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """Map tokens, f32[tokens, width], by `gates`, f32[tokens, experts]."""
        inner = torch.einsum("tw,ewh->teh", x, self.up)
        gated = torch.relu(inner) * gates.to_dense()[:, :, None]
        return torch.einsum("teh,ehw->tw", gated, self.down)


class TopKGates(nn.Module):
    """The greatest gates of each token, as probabilities."""

    def __init__(self, experts: int, width: int, kept: int) -> None:
        super().__init__()
        self.scores, self.kept = nn.Linear(width, experts), kept

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map tokens, f32[tokens, width], to gates, f32[tokens, experts]."""
        scores = self.scores(x)
        values, places = scores.topk(self.kept, dim=-1)
        return torch.zeros_like(scores).scatter(1, places, values.softmax(-1))


def make(size: int = 8, seed: int = 0) -> Case:
    """Return a layer for `size` tokens of 8 values, with 2 of 6 experts each."""
    torch.manual_seed(seed)
    x = torch.randn(size, 8)
    gates = TopKGates(experts=6, width=8, kept=2)(x).detach().to_sparse_csr()
    return Case(GatedMLP(experts=6, width=8, hidden=4).eval(), (gates, x))
