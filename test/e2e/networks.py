"""Small networks in plain PyTorch, for compiling whole."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional

Activation = Callable[[torch.Tensor], torch.Tensor]
ACTIVATIONS: dict[str, Activation] = {
    "relu": torch.relu,
    "gelu": functional.gelu,
    "gelu-tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "silu": functional.silu,
    "elu": functional.elu,
    "leaky-relu": functional.leaky_relu,
    "relu6": functional.relu6,
}


class Perceptron(nn.Module):
    """Linear layers of the given widths with an activation between them."""

    def __init__(
        self, widths: Sequence[int], activation: Activation = torch.relu, *, bias: bool = True
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b, bias=bias) for a, b in pairwise(widths))
        self.activation = activation

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map f32[..., widths[0]] to f32[..., widths[-1]]."""
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


class Shared(nn.Module):
    """One layer used twice."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layer = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map f32[batch, width] to the same shape."""
        return self.layer(torch.relu(self.layer(x)))


class Residual(nn.Module):
    """A layer around which its input is added."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layer = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map f32[batch, width] to the same shape."""
        return x + torch.relu(self.layer(x))


class TwoHeads(nn.Module):
    """Two outputs, one of which the other is computed from; a dictionary of them."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(48, 32)
        self.head = nn.Linear(32, 5)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Map f32[batch, 48] to hidden f32[batch, 32] and scores f32[batch, 5]."""
        hidden = torch.relu(self.body(x))
        return {"hidden": hidden, "scores": self.head(hidden)}


class Function(nn.Module):
    """A function of tensors as a module."""

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *arguments: torch.Tensor) -> object:
        """Apply the function."""
        return self.function(*arguments)


def inputs(*shape: int, seed: int = 1) -> tuple[torch.Tensor, ...]:
    """Return one argument of normal random values, the same each time."""
    return (torch.randn(shape, generator=torch.Generator().manual_seed(seed)),)


def seeded(make: Callable[[], nn.Module]) -> nn.Module:
    """Return a module with the same random weights each time, ready for inference."""
    torch.manual_seed(0)
    return make().eval()
