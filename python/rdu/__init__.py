"""From PyTorch to a reconfigurable dataflow machine: a compiler and the simulator that judges it.

`rdu.compile(model, (x,))` compiles a PyTorch module; `rdu.load(folder)` loads what was saved.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdu.compiler import Artifact, compile, load

__all__ = ["Artifact", "compile", "load"]


def __getattr__(name: str) -> Any:
    """Import the compiler on first use: the simulator's parts must load without it."""
    if name not in __all__:
        raise AttributeError(f"module 'rdu' has no attribute '{name}'")
    return getattr(import_module("rdu.compiler"), name)
