"""Sparse inputs of an exported program as dense ones: the same values, for the lowering to linalg.

PyTorch's decompositions know no sparse tensors. How a tensor is stored is no matter of its values,
so it is said once, in the types of the imported function, and not by each operator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch.export import ExportedProgram


def densify(program: ExportedProgram) -> None:
    """Give the inputs of a program dense tensors as examples, in place.

    Operators for sparse tensors only become the ones for all tensors. The values that other nodes
    are recorded to give are stale until the program is decomposed.
    """
    import torch

    replaced = _operators()
    for node in program.graph.nodes:
        value: Any = node.meta.get("val")
        if node.op == "placeholder" and _is_sparse(node):
            with value.fake_mode:
                node.meta["val"] = torch.empty(value.shape, dtype=value.dtype)
            node.meta.pop("tensor_meta", None)
        elif node.target in replaced:
            node.target = replaced[node.target]
    program.graph_module.recompile()


def _is_sparse(node: Any) -> bool:
    layout = getattr(node.meta.get("val"), "layout", None)
    return layout is not None and str(layout) != "torch.strided"


def _operators() -> Mapping[Any, Any]:
    """Return the operators for sparse tensors that have one of the same arguments for all."""
    import torch

    aten = torch.ops.aten
    return {aten._sparse_mm.default: aten.mm.default}
