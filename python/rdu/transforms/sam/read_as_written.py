"""The pass `sam-read-as-written`."""

from typing import Any

from rdu.dialects import sam
from rdu.dialects.sam.streams import level_formats, storage_order
from rdu.mlir_ext import ir
from rdu.mlir_ext.passes import Pass, register


@register
class ReadAsWritten(Pass):
    """Bind the results of graphs with compressed levels, as graphs write them.

    Accepts functions of `sam.graph`s. A `sam.bind` of another graph's result that has the levels in
    the order in which they are written gets a compressed level for each; that a level has every
    coordinate makes no difference to those that look it up. Leaves results alone that are bound in
    another order: somebody has to store them anew in between.
    """

    name = "sam-read-as-written"
    level_in = "sam"
    level_out = "sam"
    anchor = "func.func"
    statistics = {  # noqa: RUF012
        "bound": "results bound as they are written",
        "anew": "results that have to be stored anew to be read",
    }

    def run(self, module: Any, options: Any) -> None:
        """Change the types of bound results."""
        binds: list[Any] = []

        def visit(operation: ir.Operation) -> ir.WalkResult:
            if operation.name == "sam.bind" and not isinstance(
                operation.operands[0].owner, ir.Block
            ):
                binds.append(operation.opview)
            return ir.WalkResult.ADVANCE

        module.operation.walk(visit)
        for bind in binds:
            graph = bind.tensor.owner.opview
            if not isinstance(graph, sam.GraphOp):
                continue
            kind, order = bind.bound.type, graph.written_order
            if storage_order(kind) != order:
                self.count("anew")
                continue
            levels = ["compressed"] * len(order)
            if level_formats(kind) != levels:
                bind.bound.set_type(sam.TensorType.get(kind.shape, levels, order))
            self.count("bound")
