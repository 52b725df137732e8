"""The scalar operations of one kernel, written into its controller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rdu.analysis.kernels import Kernel
from rdu.analysis.schedule import Schedule
from rdu.dialects import spatial
from rdu.dialects.pattern import IndexOp, ReadOp, ReduceOp, YieldOp
from rdu.mlir_ext import arith, ir
from rdu.mlir_ext.linear import Linear, affine_map


class BodyWriter:
    """Writes one kernel's scalar operations.

    Args:
        kernel: the pattern.
        schedule: its lanes.
        rows: rows of a tile, whose counter then stands around the kernel's; 0 without tiles.
        sources: the memory of each tensor that is read, by the rows through which it is.
    """

    def __init__(
        self,
        kernel: Kernel,
        schedule: Schedule,
        rows: int,
        sources: Mapping[tuple[ir.Value, tuple[Linear, ...]], ir.Value],
    ) -> None:
        self.kernel = kernel
        self.tree = any(n > 1 for n in schedule.lanes[len(kernel.parallel) :])
        self.rows = rows
        self.prefix = 1 if rows else 0
        self.sources = sources
        self.values: dict[ir.Value, ir.Value] = {}
        self.sites = {site.op: site for site in kernel.sites}
        self.folded = 0
        """Values folded into the start of the reduction."""

    def write(self, destinations: Iterable[ir.Value]) -> None:
        """Write the operations at the current insertion point, the result to each destination."""
        kernel = self.kernel
        result = self._block(kernel.op)
        if isinstance(kernel.op, ReduceOp):
            result = self._reduce(kernel.op, result, None)
        rows = [self._counter(i) for i in range(len(kernel.parallel))]
        for sram in destinations:
            spatial.WriteOp(value=result, memory=sram, map=self._map(rows), loc=kernel.op.location)

    def _block(self, op: ir.OpView) -> ir.Value:
        """Emit a pattern's body; return what it yields."""
        operations = list(op.body.blocks[0].operations)
        start = self._start(operations)
        for operation in operations:
            if isinstance(operation, YieldOp):
                return self._value(operation.value)
            if isinstance(operation, ReduceOp):
                init = None if start is None else self._late(start[0])
                self.values[operation.result] = self._reduce(
                    operation, self._block(operation), init
                )
            elif start is not None and operation == start[1]:
                self.values[operation.results[0]] = self.values[start[2]]
            else:
                self._emit(operation)
        raise AssertionError("a body ends with a yield")

    def _start(self, operations: list[ir.OpView]) -> tuple[ir.Value, ir.OpView, ir.Value] | None:
        """Find a value that a finished reduction is combined with by its own operation.

        Returns that value, the combining operation and the reduction's result.
        """
        reduction = self.kernel.reduction
        if reduction is None or not reduction.nested or self.tree:
            return None
        uses = list(reduction.result.uses)
        if len(uses) != 1:
            return None
        user = uses[0].owner.opview
        if user.operation.name.partition(".")[2] != reduction.combiner.value:
            return None
        left, right = user.operands
        other = right if left == reduction.result else left
        if other == reduction.result or user not in operations:
            return None
        if not self._early(other, operations, reduction):
            return None
        self.folded += 1
        return other, user, reduction.result

    def _early(self, value: ir.Value, operations: list[ir.OpView], reduction: ReduceOp) -> bool:
        """Whether a value can be computed before the reduction: reads and operations on them."""
        if value == reduction.result:
            return False
        if isinstance(value, ir.BlockArgument) or value.owner.opview not in operations:
            return True
        return all(self._early(o, operations, reduction) for o in value.owner.operands)

    def _late(self, value: ir.Value) -> ir.Value:
        """Return a value's counterpart; emit its operations now if they come later in the body."""
        if value in self.values or isinstance(value, ir.BlockArgument):
            return self._value(value)
        operation = value.owner.opview
        for operand in () if isinstance(operation, ReadOp) else operation.operands:
            self._late(operand)
        self._emit(operation)
        return self._value(value)

    def _emit(self, operation: ir.OpView) -> None:
        """Emit one scalar operation, read or index, unless that has happened."""
        result = operation.results[0]
        if result in self.values:
            return
        if isinstance(operation, ReadOp):
            self.values[result] = self._read(operation)
        elif isinstance(operation, IndexOp):
            self.values[result] = self._index(operation)
        else:
            copy = ir.Operation.create(
                operation.operation.name,
                results=[r.type for r in operation.results],
                operands=[self._value(o) for o in operation.operands],
                attributes={name: operation.attributes[name] for name in operation.attributes},
                loc=operation.location,
            )
            self.values[result] = copy.results[0]

    def _value(self, value: ir.Value) -> ir.Value:
        if value not in self.values:
            # A constant of the function: every controller gets its own copy.
            copy = value.owner.clone()
            self.values[value] = copy.results[0]
        return self.values[value]

    def _read(self, operation: ReadOp) -> ir.Value:
        site = self.sites[operation]
        rows = [self._shift(row) for row in site.rows]
        return spatial.ReadOp(
            memory=self.sources[site.tensor, site.rows],
            map=self._map(rows),
            value=operation.result.type,
            loc=operation.location,
        ).value

    def _index(self, operation: IndexOp) -> ir.Value:
        """Emit a coordinate; in the leading dimension of a tiled kernel the tile's row is added."""
        dimension: int = operation.dim.value
        counter = self.kernel.position[dimension]
        place = {"result": operation.result.type, "loc": operation.location}
        own = spatial.IndexOp(dim=self.prefix + counter, **place).result
        if not (self.prefix and counter == 0):
            return own
        tile = spatial.IndexOp(dim=0, **place).result
        rows = arith.ConstantOp(own.type, self.rows, loc=operation.location).result
        start = arith.MulIOp(tile, rows, loc=operation.location).result
        return arith.AddIOp(start, own, loc=operation.location).result

    def _reduce(self, op: ReduceOp, value: ir.Value, init: ir.Value | None) -> ir.Value:
        return spatial.ReduceOp(
            value=value,
            init=init,
            combiner=op.combiner.value,
            over=len(self.kernel.parallel),
            result=value.type,
            loc=op.location,
        ).result

    def _counter(self, counter: int) -> Linear:
        """Return the row that is just one of the kernel's counters."""
        dims = self.prefix + len(self.kernel.extents)
        return Linear(tuple(int(d == self.prefix + counter) for d in range(dims)))

    def _shift(self, row: Linear) -> Linear:
        """Turn a row over the kernel's counters into one over all counters around the body."""
        return Linear((0,) * self.prefix + row.coefficients, row.constant)

    def _map(self, rows: list[Linear]) -> ir.AffineMap:
        return affine_map(rows, self.prefix + len(self.kernel.extents))
