"""A linear layer by a flat block butterfly and a low-rank term (Chen et al., ICLR 2022)."""

import torch
from case import Case
from torch import nn


class PixelatedButterfly(nn.Module):
    """x (B + U V), where the blocks of B are those of all butterfly factors at once."""

    def __init__(self, blocks: int, block: int, rank: int) -> None:
        super().__init__()
        width = blocks * block
        place = torch.arange(blocks)
        apart = place[:, None] ^ place  # butterfly factors connect blocks one bit apart
        kept = (apart & (apart - 1)) == 0
        pattern = torch.kron(kept.float(), torch.ones(block, block))
        self.butterfly = nn.Parameter(torch.randn(width, width) / width * pattern)
        self.down = nn.Linear(width, rank, bias=False)
        self.up = nn.Linear(rank, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map f32[batch, blocks * block]."""
        return torch.nn.functional.silu(x @ self.butterfly.T + self.up(self.down(x)))


def make(size: int = 16, seed: int = 0) -> Case:
    """Return a layer of `size` values, a power of two, in blocks of 2."""
    torch.manual_seed(seed)
    model = PixelatedButterfly(blocks=size // 2, block=2, rank=2).eval()
    return Case(model, (torch.randn(4, size),), {"butterfly": "bsr:2x2"})
