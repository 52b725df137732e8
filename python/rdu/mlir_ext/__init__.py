"""The one door to the MLIR bindings, and the only room that knows their quirks.

`from rdu.mlir_ext import ir, arith, func` gives the bindings' modules, each imported when first
asked for. Everything else is ours: contexts and parsing (`context`), dialects and operations
(`dialect`), passes (`passes`), pipelines and their driver (`pipeline`, `driver`).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch_mlir import ir, passmanager, rewrite
    from torch_mlir.dialects import (
        affine,
        arith,
        builtin,
        func,
        index,
        linalg,
        math,
        memref,
        scf,
        sparse_tensor,
        tensor,
    )

__all__ = [
    "affine",
    "arith",
    "builtin",
    "func",
    "index",
    "ir",
    "linalg",
    "math",
    "memref",
    "passmanager",
    "rewrite",
    "scf",
    "sparse_tensor",
    "tensor",
]

_CORE = {"ir", "passmanager", "rewrite"}


def __getattr__(name: str) -> Any:
    """Import the binding module `name` on first use."""
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    parent = "torch_mlir" if name in _CORE else "torch_mlir.dialects"
    module = import_module(f"{parent}.{name}")
    globals()[name] = module
    return module
