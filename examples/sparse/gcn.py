"""A graph convolutional network of two layers (Kipf and Welling, ICLR 2017)."""

import torch
from case import Case, random_graph
from torch import nn


class GCN(nn.Module):
    """Two layers; each mixes the features of a node's neighbours after a linear map."""

    def __init__(self, features: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.first = nn.Linear(features, hidden)
        self.second = nn.Linear(hidden, classes)

    def forward(self, adjacency: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """Map features, f32[nodes, features], to the logarithms of class probabilities.

        `adjacency` is normalised, f32[nodes, nodes], in any layout.
        """
        x = torch.relu(torch.sparse.mm(adjacency, self.first(x)))
        x = torch.sparse.mm(adjacency, self.second(x))
        return torch.log_softmax(x, dim=-1)


def normalised(adjacency: torch.Tensor) -> torch.Tensor:
    """Divide the edges of a dense adjacency matrix by the square roots of both nodes' degrees."""
    scale = adjacency.sum(-1).rsqrt()
    return scale[:, None] * adjacency * scale


def make(size: int = 24, seed: int = 0) -> Case:
    """Return a network on a random graph of `size` nodes, stored by rows."""
    torch.manual_seed(seed)
    model = GCN(features=12, hidden=8, classes=4).eval()
    adjacency = normalised(random_graph(size, degree=4, seed=seed)).to_sparse_csr()
    return Case(model, (adjacency, torch.randn(size, 12)))
