"""An autoencoder of which most weights were pruned by magnitude."""

import torch
from case import Case, prune
from torch import nn


class Autoencoder(nn.Module):
    """Three layers down to a code, three up again, ReLU between them."""

    def __init__(self, features: int, hidden: int, code: int) -> None:
        super().__init__()
        sizes = (features, hidden, hidden, code)
        self.down = nn.ModuleList(map(nn.Linear, sizes, sizes[1:]))
        self.up = nn.ModuleList(map(nn.Linear, sizes[:0:-1], sizes[-2::-1]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Reconstruct samples, f32[batch, features]."""
        for layer in self.down:
            x = torch.relu(layer(x))
        for layer in self.up[:-1]:
            x = torch.relu(layer(x))
        return self.up[-1](x)


def make(size: int = 32, seed: int = 0) -> Case:
    """Return an autoencoder of samples of `size` values, three weights in ten kept, by rows."""
    torch.manual_seed(seed)
    model = Autoencoder(size, size // 2, size // 4).eval()
    prune(model, density=0.3)
    return Case(model, (torch.randn(4, size),), {"*.weight": "csr"})
