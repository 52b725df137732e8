"""GraphSAGE with the mean aggregator (Hamilton, Ying and Leskovec, NeurIPS 2017)."""

import torch
from case import Case, random_graph
from torch import nn


class MeanLayer(nn.Module):
    """A linear map of a node's features plus one of the mean of its neighbours'."""

    def __init__(self, features: int, outputs: int) -> None:
        super().__init__()
        self.own = nn.Linear(features, outputs)
        self.neighbours = nn.Linear(features, outputs, bias=False)

    def forward(self, adjacency: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """Map features, f32[nodes, features], by `adjacency`: zeros and ones, a one in each row."""
        degree = torch.sparse.mm(adjacency, torch.ones(x.shape[0], 1))
        mean = torch.sparse.mm(adjacency, x) / degree
        return self.own(x) + self.neighbours(mean)


class GraphSAGE(nn.Module):
    """Two layers with a ReLU in between."""

    def __init__(self, features: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.first = MeanLayer(features, hidden)
        self.second = MeanLayer(hidden, outputs)

    def forward(self, adjacency: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """Map features, f32[nodes, features], to embeddings, f32[nodes, outputs]."""
        return self.second(adjacency, torch.relu(self.first(adjacency, x)))


def make(size: int = 24, seed: int = 0) -> Case:
    """Return a network on a random graph of `size` nodes, stored by rows."""
    torch.manual_seed(seed)
    model = GraphSAGE(features=8, hidden=8, outputs=4).eval()
    adjacency = random_graph(size, degree=4, seed=seed).to_sparse_csr()
    return Case(model, (adjacency, torch.randn(size, 8)))
