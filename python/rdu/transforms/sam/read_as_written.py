"""The pass `sam-read-as-written`."""

from typing import Any

from rdu.dialects import sam
from rdu.dialects.sam.streams import level_formats, storage_order
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.passes import Pass, register
from rdu.semantics.fibertree import Format
from rdu.transforms.conversion.sparse.encodings import format_of, is_encoded
from rdu.transforms.sam.copies import Copy, write_copy


@register
class ReadAsWritten(Pass):
    """Bind tensors as they are stored: the results of graphs with compressed levels.

    Accepts functions of `sam.graph`s. A `sam.bind` of another graph's result gets a compressed
    level for each of the levels that are written; that a level has every coordinate makes no
    difference to those that look it up. A result that is bound with its levels in another order is
    stored anew by a graph of its own behind the one that computes it, once for each order; it has
    the attribute `sam.copy`. So is an argument that is bound otherwise than its encoding has it;
    points of the same place are added up. Leaves alone what is bound with a dimension in blocks.
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
        for bind in ops_of(module, sam.BindOp):
            kind = bind.bound.type
            order, formats = storage_order(kind), level_formats(kind)
            have = _stored(bind.tensor)
            if have is None or len(set(order)) < len(order):
                continue
            levels = ["compressed"] * len(order)
            if isinstance(bind.tensor.owner, ir.Block):
                if have == Format.of(formats, order):
                    continue
            elif tuple(order) == have.order:
                bind.bound.set_type(sam.TensorType.get(kind.shape, levels, order))
                self.count("bound")
                continue
            full = frozenset(d for d, f in zip(order, formats, strict=True) if f == "dense")
            copy = Copy(bind.tensor, have, tuple(order), full)
            bind.operation.operands[0] = made = self._copied(copy, bind.location)
            bind.bound.set_type(sam.TensorType.get(made.type, levels, order))
            self.count("bound")

    def _copied(self, copy: Copy, location: ir.Location) -> ir.Value:
        if copy not in self._copies:
            owner = copy.source.owner
            argument = isinstance(owner, ir.Block)
            at = ir.InsertionPoint.at_block_begin(owner) if argument else None
            with at or ir.InsertionPoint.after(owner), location if argument else owner.location:
                self._copies[copy] = write_copy(copy)
            self.count("anew")
        return self._copies[copy]


def _stored(tensor: ir.Value) -> Format | None:
    """Return how a graph's result or an encoded argument is stored; None of anything else."""
    if isinstance(tensor.owner, ir.Block):
        return format_of(tensor.type) if is_encoded(tensor.type) else None
    graph = tensor.owner.opview
    if not isinstance(graph, sam.GraphOp):
        return None
    return Format.of(["compressed"] * len(graph.written_order), graph.written_order)
