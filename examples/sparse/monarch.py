"""A linear layer by a Monarch matrix (Dao et al., ICML 2022): two block-diagonal factors."""

import torch
from case import Case
from torch import nn


class Monarch(nn.Module):
    """x P L P R, with block-diagonal L and R of blocks of the root of the width, then a ReLU.

    P reads the values of a square by columns, so each factor mixes what the other keeps apart. The
    factors are whole matrices here, most of whose values are zeros that are not stored.
    """

    def __init__(self, root: int) -> None:
        super().__init__()
        self.root = root
        blocks = [[torch.randn(root, root) / root for _ in range(root)] for _ in range(2)]
        self.left, self.right = (nn.Parameter(torch.block_diag(*each)) for each in blocks)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map f32[batch, width], where the width is the square of `root`."""
        x = self._permuted(x @ self.right.T)
        return torch.relu(self._permuted(x @ self.left.T))

    def _permuted(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(-1, self.root, self.root).transpose(1, 2).reshape(x.shape)


def make(size: int = 16, seed: int = 0) -> Case:
    """Return a layer of `size` values, a square, whose factors are stored in blocks."""
    torch.manual_seed(seed)
    root = round(size**0.5)
    block = f"bsr:{root}x{root}"
    return Case(Monarch(root).eval(), (torch.randn(4, root**2),), {"left": block, "right": block})
