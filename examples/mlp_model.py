"""A three-layer perceptron for 28 x 28 images in ten classes, in plain PyTorch."""

import torch
from torch import nn


class MLP(nn.Module):
    """784-512-256-10 with ReLU between the layers."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map images, f32[batch, 784], to class scores, f32[batch, 10]."""
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)


def make_model() -> nn.Module:
    """Return the model with the same random weights each time, ready for inference."""
    torch.manual_seed(0)
    return MLP().eval()


def make_inputs() -> tuple[torch.Tensor, ...]:
    """Return the arguments of `forward`: one batch of 64 random images."""
    torch.manual_seed(1)
    return (torch.randn(64, 784),)
