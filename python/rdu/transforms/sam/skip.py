"""The pass `sam-skip`."""

from __future__ import annotations

from typing import Any

from rdu.analysis.sparse.skips import sides_of
from rdu.dialects import sam
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.passes import Pass, register


@register
class Skip(Pass):
    """Let intersections tell the lookups before them where to go on.

    Accepts any module. An intersection gets `skip` if one of its sides is a lookup of a compressed
    or dense level that nobody else reads. Results and their tokens stay what they are: coordinates
    that are behind those of another side are not sent, or fewer of them. It pays where fibers of
    very different lengths meet; where they are alike it costs nothing but a net back.
    """

    name = "sam-skip"
    level_in = "sam"
    level_out = "sam"
    statistics = {"skips": "intersections that tell a lookup where to go on"}  # noqa: RUF012

    def run(self, module: Any, options: Any) -> None:
        """Set the attribute."""
        for op in ops_of(module, sam.IntersectOp):
            if any(sides_of(op)):
                op.operation.attributes["skip"] = ir.BoolAttr.get(True)
                self.count("skips")
