"""A mixture of experts: of many small perceptrons each token passes through the top few."""

import torch
from case import Case
from torch import nn


class GatedMLP(nn.Module):
    """The sum of what experts make of a token, each times its gate; most gates are zero.

    Gates are scattered to the places of the greatest scores, and nothing else is stored of them:
    so the second product takes of a token's values only those of the experts that were chosen.
    """

    def __init__(self, experts: int, width: int, hidden: int, kept: int) -> None:
        super().__init__()
        self.scores, self.kept = nn.Linear(width, experts), kept
        self.up = nn.Parameter(torch.randn(experts, width, hidden) / width**0.5)
        self.down = nn.Parameter(torch.randn(experts, hidden, width) / hidden**0.5)

    def gates(self, x: torch.Tensor) -> torch.Tensor:
        """Map tokens, f32[tokens, width], to the greatest gates of each, f32[tokens, experts]."""
        scores = self.scores(x)
        values, places = scores.topk(self.kept, dim=-1)
        return torch.zeros_like(scores).scatter(-1, places, values.softmax(-1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map tokens, f32[tokens, width], to such."""
        inner = torch.einsum("tw,ewh->teh", x, self.up)
        gated = torch.relu(inner) * self.gates(x)[:, :, None]
        return torch.einsum("teh,ehw->tw", gated, self.down)


def make(size: int = 8, seed: int = 0) -> Case:
    """Return a layer for `size` tokens of 8 values, with 2 of 6 experts each."""
    torch.manual_seed(seed)
    model = GatedMLP(experts=6, width=8, hidden=4, kept=2)
    return Case(model.eval(), (torch.randn(size, 8),))
