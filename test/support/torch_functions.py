"""Functions as PyTorch modules."""

from collections.abc import Callable
from typing import Any

from torch import nn


class Call(nn.Module):
    """A function of any tensors: its inputs are `arguments_0`, `arguments_1` and so on."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *arguments):
        return self.function(*arguments)


class CallXY(Call):
    """A function of the inputs `x` and `y`."""

    def forward(self, x, y):
        return self.function(x, y)


class CallXYN(Call):
    """A function of the inputs `x`, `y` and `n`."""

    def forward(self, x, y, n):
        return self.function(x, y, n)
