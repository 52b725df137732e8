"""A linear layer by a butterfly matrix: factors of two values in each row (Dao et al., 2019)."""

import torch
from case import Case
from torch import nn


class Butterfly(nn.Module):
    """A factor for each bit of a position, which mixes positions that differ in it, then tanh."""

    def __init__(self, bits: int) -> None:
        super().__init__()
        place = torch.arange(2**bits)
        factors: list[nn.Parameter] = []
        for bit in range(bits):
            pairs = (place[:, None] == place) | (place[:, None] == (place ^ 2**bit))
            factors.append(nn.Parameter(torch.randn(2**bits, 2**bits) * pairs))
        self.factors = nn.ParameterList(factors)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map f32[batch, 2 ** bits]."""
        for factor in self.factors:
            x = x @ factor.T
        return torch.tanh(x)


def make(size: int = 16, seed: int = 0) -> Case:
    """Return a layer of `size` values, a power of two, whose factors are stored by rows."""
    torch.manual_seed(seed)
    model = Butterfly(bits=size.bit_length() - 1).eval()
    return Case(model, (torch.randn(4, size),), {"factors.*": "csr"})
