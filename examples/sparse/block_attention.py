"""A transformer block with block-sparse attention as of BigBird (Zaheer et al., NeurIPS 2020)."""

import torch
from case import Case
from torch import nn


class BlockSparseAttention(nn.Module):
    """Attention over the pairs of positions that a mask has, layer norm, and a linear map.

    The softmax is over the scores that are there: whatever the mask does not have counts as minus
    infinity. A row's greatest score is subtracted before the exponential, or 0 if that is greater
    and the row is not full, which changes nothing of the quotient.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.norm = nn.LayerNorm(width)

    def forward(self, mask: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """Map a sequence, f32[length, width]; `mask` is f32[length, length] of zeros and ones."""
        query, key, value = (
            layer(x).view(x.shape[0], self.heads, -1).transpose(0, 1)
            for layer in (self.query, self.key, self.value)
        )
        scores = (query * self.scale) @ key.transpose(1, 2) * mask.to_dense()
        weights = torch.exp(scores - scores.amax(-1, keepdim=True)) * mask.to_dense()
        mixed = (weights @ value) / weights.sum(-1, keepdim=True)
        return self.norm(x + self.out(mixed.transpose(0, 1).reshape(x.shape)))


def bigbird_mask(blocks: int, window: int, everywhere: int, others: int, seed: int) -> torch.Tensor:
    """Return which blocks attend to which, f32[blocks, blocks] of zeros and ones.

    Args:
        blocks: the blocks of a sequence.
        window: neighbours on each side that a block attends to.
        everywhere: first blocks that attend to all and that all attend to.
        others: random blocks that each attends to besides.
        seed: of these.
    """
    generator = torch.Generator().manual_seed(seed)
    place = torch.arange(blocks)
    mask = (place[:, None] - place).abs() <= window
    mask[:everywhere] = True
    mask[:, :everywhere] = True
    for row in range(blocks):
        mask[row, torch.randperm(blocks, generator=generator)[:others]] = True
    return mask.float()


def make(size: int = 16, seed: int = 0, block: int = 2) -> Case:
    """Return a block on `size` positions of 8 values in 2 heads, masked in blocks of `block`."""
    torch.manual_seed(seed)
    model = BlockSparseAttention(width=8, heads=2).eval()
    blocks = bigbird_mask(size // block, window=1, everywhere=1, others=1, seed=seed)
    mask = torch.kron(blocks, torch.ones(block, block)).to_sparse_bsr((block, block))
    return Case(model, (mask, torch.randn(size, 8)))
