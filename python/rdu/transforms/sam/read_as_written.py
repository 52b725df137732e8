"""The pass `sam-read-as-written`."""

from typing import Any

from rdu.dialects import sam
from rdu.dialects.sam.streams import level_formats, storage_order
from rdu.mlir_ext import ir
from rdu.mlir_ext.passes import Pass, register
from rdu.transforms.sam.copies import Copy, write_copy


@register
class ReadAsWritten(Pass):
    """Bind the results of graphs with compressed levels, as graphs write them.

    Accepts functions of `sam.graph`s. A `sam.bind` of another graph's result gets a compressed
    level for each of the levels that are written; that a level has every coordinate makes no
    difference to those that look it up. A result that is bound with its levels in another order is
    stored anew by a graph of its own behind the one that computes it, once for each order; it has
    the attribute `sam.copy`. Leaves results alone that are bound with a dimension in blocks.
    """

    name = "sam-read-as-written"
    level_in = "sam"
    level_out = "sam"
    anchor = "func.func"
    statistics = {  # noqa: RUF012
        "bound": "results bound as they are written",
        "anew": "results stored anew, in the order in which they are read",
    }

    def run(self, module: Any, options: Any) -> None:
        """Change what is bound, and the types of what was bound."""
        self._copies: dict[Copy, ir.Value] = {}
        for bind in _binds(module):
            graph = bind.tensor.owner.opview
            if not isinstance(graph, sam.GraphOp):
                continue
            kind = bind.bound.type
            order, formats = storage_order(kind), level_formats(kind)
            if len(set(order)) < len(order):
                continue
            if order != graph.written_order:
                full = frozenset(d for d, f in zip(order, formats, strict=True) if f == "dense")
                copy = Copy(bind.tensor, tuple(graph.written_order), tuple(order), full)
                bind.operation.operands[0] = self._copied(copy)
            levels = ["compressed"] * len(order)
            if formats != levels:
                bind.bound.set_type(sam.TensorType.get(kind.shape, levels, order))
            self.count("bound")

    def _copied(self, copy: Copy) -> ir.Value:
        if copy not in self._copies:
            graph = copy.source.owner
            with ir.InsertionPoint.after(graph), graph.location:
                self._copies[copy] = write_copy(copy)
            self.count("anew")
        return self._copies[copy]


def _binds(function: Any) -> list[Any]:
    """Return the ops of a function that bind what no argument is."""
    found: list[Any] = []

    def visit(operation: ir.Operation) -> ir.WalkResult:
        if operation.name == "sam.bind" and not isinstance(operation.operands[0].owner, ir.Block):
            found.append(operation.opview)
        return ir.WalkResult.ADVANCE

    function.operation.walk(visit)
    return found
