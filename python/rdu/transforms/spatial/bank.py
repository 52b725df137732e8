"""Banking: laying memories out so that the lanes of a vector hit different banks."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rdu.dialects import spatial
from rdu.dialects.spatial.controllers import enclosing_controllers
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.linear import verified_rows
from rdu.mlir_ext.passes import Pass, option, register


@register
class Bank(Pass):
    """Pad memories so that lanes that walk an outer dimension do not share a bank.

    Accepts any module. For each `spatial.sram` whose accesses put the lanes along a dimension
    other than the last, the words between neighbours of that dimension become coprime to the
    number of banks, which makes any run of as many neighbours conflict-free. Other memories stay
    row-major. Values do not change.
    """

    name = "spatial-bank"
    level_in = "spatial"
    level_out = "spatial"
    statistics = {"padded": "memories padded", "words": "words added to one buffer of each"}  # noqa: RUF012

    @dataclass(frozen=True)
    class Options:
        """The memory's shape."""

        banks: int = option(16, help="banks of a scratchpad", min=1)

    def run(self, module: ir.OpView, options: Options) -> None:
        """Lay out every memory."""
        for memory in ops_of(module, spatial.SramOp):
            self._lay_out(memory, options.banks)

    def _lay_out(self, memory: ir.OpView, banks: int) -> None:
        walked = {d for use in memory.result.uses for d in _lane_dimensions(use.owner.opview)}
        strides, words = [1], memory.words
        for dimension in reversed(range(len(memory.shape) - 1)):
            stride = memory.shape[dimension + 1] * strides[0]
            while dimension in walked and math.gcd(stride, banks) != 1:
                stride += 1
            strides.insert(0, stride)
        if strides == memory.layout or not memory.shape:
            return
        with memory.location:
            memory.attributes["strides"] = ir.DenseI64ArrayAttr.get(strides)
        self.count("padded")
        self.count("words", memory.words - words)


def _lane_dimensions(access: ir.OpView) -> set[int]:
    """Dimensions of a memory that an access walks with its lanes."""
    if not isinstance(access, spatial.ReadOp | spatial.WriteOp):
        return set()
    controllers = enclosing_controllers(access)
    lanes = [n for controller in controllers for n in controller.lanes]
    rows = verified_rows(ir.AffineMapAttr(access.map).value)
    return {
        d
        for d, row in enumerate(rows)
        if any(c and n > 1 for c, n in zip(row.coefficients, lanes, strict=True))
    }
