"""Accesses of the `spatial` dialect: tile transfers, reads and writes through affine maps."""

from rdu.dialects.checks import is_static_tensor
from rdu.dialects.spatial.controllers import enclosing_bounds, enclosing_controllers
from rdu.dialects.spatial.memories import Dram, Lut, Reg, Spatial, Sram
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Any, Operand, Result
from rdu.mlir_ext.linear import Linear, linear_map


class _Transfer(Spatial.Operation):
    """What tile transfers share."""

    messages = {  # noqa: RUF012
        "dims": "offsets take {have} dimensions: expected {need}, the enclosing counters",
        "rank": "offsets have {have} results: expected {need}, the tensor's rank",
        "linear": "offsets are {have}: expected sums of counters times constants",
        "shape": "moves a tile {tile} of {tensor}: expected static tensors of one rank and element "
        "type",
        "bounds": "reaches elements {low} to {high} of dimension {dimension}: expected 0 to {last}",
    }

    def verify(self) -> None:
        """Check that the tile lies inside the tensor on every iteration."""
        tensor, tile = self.dram.type.tensor, self.sram.type.tensor
        static = is_static_tensor(tensor) and is_static_tensor(tile)
        if not static or (tensor.rank, tensor.element_type) != (tile.rank, tile.element_type):
            self.error("shape", tile=tile, tensor=tensor)
            return
        offsets = ir.AffineMapAttr(self.offsets).value
        _verify_map(self, offsets, list(tensor.shape), list(tile.shape))


class LoadOp(_Transfer, name="load"):
    """Copy a tile of a tensor into a scratchpad memory.

    ```mlir
    "spatial.load"(%x, %t) {offsets = affine_map<(i) -> (4 * i, 0)>}
      : (!spatial.offchip<tensor<64x784xf32>>, !spatial.scratchpad<tensor<4x784xf32>>) -> ()
    ```

    Becomes an address generator that loads and a PMU context that writes.
    """

    dram: Operand[Dram]
    """The tensor."""
    sram: Operand[Sram]
    """The memory; its shape is the tile's."""
    offsets: ir.AffineMapAttr
    """From the enclosing counters to the tile's first element."""


class StoreOp(_Transfer, name="store"):
    """Copy a scratchpad memory to a tile of a tensor.

    ```mlir
    "spatial.store"(%t, %y) {offsets = affine_map<(i) -> (4 * i, 0)>}
      : (!spatial.scratchpad<tensor<4x10xf32>>, !spatial.offchip<tensor<64x10xf32>>) -> ()
    ```

    Becomes a PMU context that reads and an address generator that stores.
    """

    sram: Operand[Sram]
    """The memory; its shape is the tile's."""
    dram: Operand[Dram]
    """The tensor."""
    offsets: ir.AffineMapAttr
    """From the enclosing counters to the tile's first element."""


class _Access(Spatial.Operation):
    """What reads and writes share."""

    messages = {  # noqa: RUF012
        "place": "stands outside of any controller",
        "dims": "map takes {have} dimensions: expected {need}, the enclosing counters",
        "rank": "map has {have} results: expected {need}, the memory's rank",
        "linear": "map is {have}: expected sums of counters times constants",
        "bounds": "accesses elements {low} to {high} of dimension {dimension}: expected 0 to "
        "{last}",
        "element": "moves {have}: expected {need}",
        "tensor": "accesses {have}: expected a ranked tensor of static shape",
    }

    def verify(self) -> None:
        """Check the map and the element type."""
        if not enclosing_controllers(self):
            self.error("place")
            return
        memory = self.memory.type
        tensor = None if isinstance(memory, Reg) else memory.tensor
        if tensor is not None and not is_static_tensor(tensor):
            self.error("tensor", have=tensor)
            return
        element = memory.element if tensor is None else tensor.element_type
        moved = self.value.type
        if moved != element:
            self.error("element", have=moved, need=element)
        shape = [] if tensor is None else list(tensor.shape)
        _verify_map(self, ir.AffineMapAttr(self.map).value, shape, [1] * len(shape))


class ReadOp(_Access, name="read"):
    """Read one element of an on-chip memory.

    ```mlir
    %a = "spatial.read"(%t) {map = affine_map<(t, i, k) -> (i, k)>}
      : (!spatial.scratchpad<tensor<4x784xf32>>) -> f32
    ```

    Becomes a read context of the memory's PMU and a channel to the PCU that computes.
    """

    memory: Operand[Sram | Reg | Lut]
    """The memory."""
    map: ir.AffineMapAttr
    """From the enclosing counters to the element."""
    value: Result[Any]
    """The element."""


class WriteOp(_Access, name="write"):
    """Write one element of an on-chip memory.

    A value that was reduced is written once, when the reduction is complete.

    ```mlir
    "spatial.write"(%s, %t) {map = affine_map<(t, i, j, k) -> (i, j)>}
      : (f32, !spatial.scratchpad<tensor<4x512xf32>>) -> ()
    ```

    Becomes a write context of the memory's PMU.
    """

    value: Operand[Any]
    """The value."""
    memory: Operand[Sram | Reg]
    """The memory."""
    map: ir.AffineMapAttr
    """From the enclosing counters to the element."""


def _verify_map(
    operation: Spatial.Operation, access: ir.AffineMap, shape: list[int], size: list[int]
) -> None:
    """Check that a map leads from the counters to `size` elements that lie inside `shape`."""
    bounds = enclosing_bounds(operation)
    if bounds is None:
        return
    rows = linear_map(access)
    if access.n_dims != len(bounds):
        operation.error("dims", have=access.n_dims, need=len(bounds))
    elif len(access.results) != len(shape):
        operation.error("rank", have=len(access.results), need=len(shape))
    elif rows is None:
        operation.error("linear", have=access)
    else:
        _verify_bounds(operation, rows, bounds, shape, size)


def _verify_bounds(
    operation: Spatial.Operation,
    rows: tuple[Linear, ...],
    bounds: list[tuple[int, int, int]],
    shape: list[int],
    size: list[int],
) -> None:
    lows = [start for start, _, _ in bounds]
    highs = [start + (stop - start - 1) // step * step for start, stop, step in bounds]
    for dimension, (row, extent, span) in enumerate(zip(rows, shape, size, strict=True)):
        low, high = row.range(lows, highs)
        high += span - 1
        if low < 0 or high >= extent:
            operation.error("bounds", low=low, high=high, dimension=dimension, last=extent - 1)
