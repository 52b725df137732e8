"""Conversion of patterns on tensors to controllers over explicit memories."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from rdu.analysis.kernels import (
    Kernel,
    Site,
    kernel_of,
    reductions,
    returned_tensors,
    top_level_patterns,
)
from rdu.analysis.schedule import Schedule, schedule_of, tile_rows
from rdu.dialects import spatial
from rdu.dialects.pattern import IndexOp, ReadOp, ReduceOp, YieldOp
from rdu.mlir_ext import arith, func, ir, tensor
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.linear import Linear, affine_map
from rdu.mlir_ext.passes import Pass, register


@register
class PatternToSpatial(Pass):
    """Give every tensor a memory and every pattern a controller.

    Accepts functions whose bodies are patterns, scalar constants and a return, each pattern with
    at most one reduction; what is returned may be a pattern's result collapsed to a scalar, whose
    tensor in DRAM keeps its single dimension. Arguments and results become `spatial.dram`
    declarations; the function loses its signature. Every tensor that a pattern reads gets a
    scratchpad memory for that reader, loaded from DRAM or written by the pattern that computes
    it. Under a tile (`pattern-schedule`) all patterns run in one pipelined loop over tiles of the
    leading dimension, and what does not depend on it is loaded once, before the loop.

    A value that is combined with a finished reduction by the reduction's own operation becomes the
    value that the reduction starts from (so a bias costs no stage), unless lanes run along the
    reduction; results of floating-point sums change in their last bits by this.
    """

    name = "pattern-to-spatial"
    level_in = "pattern"
    level_out = "spatial"
    messages = {  # noqa: RUF012
        "reductions": "holds {have} reductions: expected at most one",
        "foreign": "is not at the pattern level: expected patterns, scalar constants and a return",
        "returned": "returns a value that no pattern computes: expected results of patterns",
        "signature": "takes or returns {have}: expected ranked tensors of f32, i32 or i1",
    }
    statistics = {  # noqa: RUF012
        "controllers": "inner controllers made",
        "memories": "scratchpad memories made",
        "folded": "values folded into the start of a reduction",
    }

    def run(self, module: ir.OpView, options: object) -> None:
        """Convert every function of the module."""
        for function in defined_functions(module):
            if self._convertible(function):
                counts = _Conversion(function).run()
                for statistic, count in counts.items():
                    self.count(statistic, count)
                function.operation.erase()

    def _convertible(self, function: ir.OpView) -> bool:
        signature = ir.FunctionType(function.type)
        for kind in (*signature.inputs, *signature.results):
            ranked = isinstance(kind, ir.RankedTensorType) and kind.has_static_shape
            if not ranked or str(kind.element_type) not in ("f32", "i32", "i1"):
                self.error(function, "signature", have=kind)
        patterns = top_level_patterns(function)
        results = {pattern.result for pattern in patterns}
        for operation in function.regions[0].blocks[0].operations:
            if operation in patterns:
                if len(have := reductions(operation)) + isinstance(operation, ReduceOp) > 1:
                    self.error(operation, "reductions", have=len(have))
            elif isinstance(operation, func.ReturnOp):
                if any(value not in results for value in returned_tensors(function)):
                    self.error(operation, "returned")
            elif not isinstance(operation, arith.ConstantOp | tensor.CollapseShapeOp):
                self.error(operation, "foreign")
        return not self.failed


@dataclass(frozen=True, slots=True)
class _Reader:
    """A scratchpad memory and the site that reads it."""

    site: Site
    sram: ir.Value
    batched: bool


class _Conversion:
    """Converts one function; the new one is built just before it."""

    def __init__(self, function: ir.OpView) -> None:
        self.function = function
        self.kernels = [kernel_of(pattern) for pattern in top_level_patterns(function)]
        self.schedules = [schedule_of(kernel) for kernel in self.kernels]
        self.rows = tile_rows(function)
        self.names: set[str] = set()
        self.folded = 0

    def run(self) -> dict[str, int]:
        with ir.InsertionPoint(self.function.operation), self.function.location:
            converted = func.FuncOp(self.function.name.value, ir.FunctionType.get([], []))
            entry = converted.add_entry_block()
        with ir.InsertionPoint(entry):
            self._declare_tensors()
            self._declare_memories()
            self._load(batched=False)
            with self._tile_loop():
                self._load(batched=True)
                for kernel, schedule in zip(self.kernels, self.schedules, strict=True):
                    self._control(kernel, schedule)
                self._store()
            with self.function.location:
                func.ReturnOp([])
        memories = sum(len(readers) for readers in self.readers.values()) + len(self.outputs)
        return {
            "controllers": len(self.kernels),
            "memories": memories,
            "folded": self.folded,
        }

    # -- memories -------------------------------------------------------------------------------

    def _declare_tensors(self) -> None:
        """Declare a DRAM tensor for each argument and each result."""
        attributes = self.function.attributes
        arguments = self.function.regions[0].blocks[0].arguments
        self.dram: dict[ir.Value, ir.Value] = {}
        self.base: dict[ir.Value, str] = {}
        for number, argument in enumerate(arguments):
            name = _entry(attributes, "arg_attrs", number, "rdu.name") or f"arg{number}"
            role = _entry(attributes, "arg_attrs", number, "rdu.role") or "input"
            self.dram[argument] = self._tensor(argument, name, role, argument.location)
            self.base[argument] = name
        self.outputs: list[tuple[ir.Value, ir.Value, ir.Value]] = []
        for number, value in enumerate(returned_tensors(self.function)):
            name = _entry(attributes, "res_attrs", number, "rdu.name") or f"out{number}"
            dram = self._tensor(value, name, "output", value.owner.location)
            sram = self._sram(name, value, batched=self.rows > 0, location=value.owner.location)
            self.outputs.append((value, sram, dram))

    def _tensor(self, value: ir.Value, name: str, role: str, location: ir.Location) -> ir.Value:
        return spatial.DramOp(
            name=name, role=role, result=spatial.Dram.get(value.type), loc=location
        ).result

    def _declare_memories(self) -> None:
        """Declare a scratchpad memory for each tensor and each kernel's way of reading it."""
        self.readers: dict[int, list[_Reader]] = {}
        for number, kernel in enumerate(self.kernels):
            seen: dict[tuple[ir.Value, tuple[Linear, ...]], _Reader] = {}
            for site in kernel.sites:
                key = (site.tensor, site.rows)
                if key not in seen:
                    batched = self.rows > 0 and 0 in site.counters()
                    base = self.base.get(site.tensor, "hidden")
                    sram = self._sram(base, site.tensor, batched, kernel.op.location)
                    seen[key] = _Reader(site, sram, batched)
            self.readers[number] = list(seen.values())

    def _sram(self, base: str, value: ir.Value, batched: bool, location: ir.Location) -> ir.Value:
        kind = value.type
        shape = [self.rows, *kind.shape[1:]] if batched else list(kind.shape)
        with location:
            tile = ir.RankedTensorType.get(shape, kind.element_type)
        name = self._unique(("_" if base[0].isdigit() else "") + base.replace(".", "_"))
        return spatial.SramOp(
            name=name, buffers=1, result=spatial.Sram.get(tile), loc=location
        ).result

    def _unique(self, base: str) -> str:
        name, number = base, 1
        while name in self.names:
            number += 1
            name = f"{base}_{number}"
        self.names.add(name)
        return name

    def _load(self, *, batched: bool) -> None:
        """Load what comes from DRAM, resident or tile by tile."""
        for kernel, readers in zip(self.kernels, self.readers.values(), strict=True):
            for reader in readers:
                tensor = reader.site.tensor
                if tensor in self.dram and reader.batched == batched:
                    offsets = self._offsets(tensor.type.rank, tiled=batched)
                    spatial.LoadOp(
                        dram=self.dram[tensor],
                        sram=reader.sram,
                        offsets=offsets,
                        loc=kernel.op.location,
                    )

    def _store(self) -> None:
        for value, sram, dram in self.outputs:
            offsets = self._offsets(value.type.rank, tiled=self.rows > 0)
            spatial.StoreOp(sram=sram, dram=dram, offsets=offsets, loc=value.owner.location)

    def _offsets(self, rank: int, *, tiled: bool) -> ir.AffineMap:
        """Origin of a tile, from the tile loop's counter if there is one around."""
        dims = 1 if tiled else 0
        first = Linear((self.rows,) * dims)
        return affine_map([first if d == 0 else Linear((0,) * dims) for d in range(rank)], dims)

    # -- controllers ----------------------------------------------------------------------------

    @contextmanager
    def _tile_loop(self) -> Generator[None]:
        """Enter the loop over tiles, if the function has one."""
        if not self.rows:
            yield
            return
        tiles = self.kernels[0].parallel[0] // self.rows
        controller = spatial.ControllerOp(
            schedule="pipelined",
            names=["t"],
            starts=[0],
            stops=[tiles],
            steps=[1],
            lanes=[1],
            unroll=[1],
            loc=self.function.location,
        )
        with ir.InsertionPoint(controller.body.blocks.append()):
            yield
            spatial.YieldOp(loc=self.function.location)

    def _control(self, kernel: Kernel, schedule: Schedule) -> None:
        """Build the inner controller of one kernel."""
        stops = list(kernel.extents)
        if self.rows:
            stops[0] = self.rows
        controller = spatial.ControllerOp(
            schedule="pipelined",
            names=_counter_names(kernel),
            starts=[0] * len(stops),
            stops=stops,
            steps=[1] * len(stops),
            lanes=list(schedule.lanes),
            unroll=list(schedule.unroll),
            grains=list(schedule.grains),
            loc=kernel.op.location,
        )
        with ir.InsertionPoint(controller.body.blocks.append()):
            _Body(self, kernel, schedule).emit()
            spatial.YieldOp(loc=kernel.op.location)


class _Body:
    """Emits the scalar operations of one kernel into its controller."""

    def __init__(self, conversion: _Conversion, kernel: Kernel, schedule: Schedule) -> None:
        self.conversion = conversion
        self.kernel = kernel
        self.tree = any(n > 1 for n in schedule.lanes[len(kernel.parallel) :])
        self.prefix = 1 if conversion.rows else 0
        self.values: dict[ir.Value, ir.Value] = {}
        number = conversion.kernels.index(kernel)
        self.memories = {
            (reader.site.tensor, reader.site.rows): reader for reader in conversion.readers[number]
        }
        self.sites = {site.op: site for site in kernel.sites}

    def emit(self) -> None:
        kernel = self.kernel
        result = self._block(kernel.op)
        if isinstance(kernel.op, ReduceOp):
            result = self._reduce(kernel.op, result, None)
        rows = [self._counter(i) for i in range(len(kernel.parallel))]
        for sram in self._destinations():
            spatial.WriteOp(value=result, memory=sram, map=self._map(rows), loc=kernel.op.location)

    def _destinations(self) -> list[ir.Value]:
        """Memories that hold the kernel's result: each reader's, then the output's."""
        result = self.kernel.result
        readers = [r for rs in self.conversion.readers.values() for r in rs]
        srams = [reader.sram for reader in readers if reader.site.tensor == result]
        return srams + [sram for value, sram, _ in self.conversion.outputs if value == result]

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
        self.conversion.folded += 1
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
        if value not in self.values and not isinstance(value, ir.BlockArgument):
            for operand in value.owner.operands:
                if not isinstance(value.owner.opview, ReadOp):
                    self._late(operand)
            self._emit(value.owner.opview)
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
        reader = self.memories[site.tensor, site.rows]
        rows = [self._shift(row) for row in site.rows]
        return spatial.ReadOp(
            memory=reader.sram,
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
        rows = arith.ConstantOp(own.type, self.conversion.rows, loc=operation.location).result
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


def _counter_names(kernel: Kernel) -> list[str]:
    """Name counters i, j, ... and reduced ones k, k2, ..."""
    parallel = [_letter("i", n) for n in range(len(kernel.parallel))]
    reduced = ["k" if n == 0 else f"k{n + 1}" for n in range(len(kernel.reduced))]
    return parallel + reduced


def _letter(first: str, number: int) -> str:
    return chr(ord(first) + number) if number < 2 else f"{first}{number}"


def _entry(attributes: ir.OpAttributeMap, table: str, number: int, name: str) -> str | None:
    """Return a string attribute of an argument or result, or None."""
    if table not in attributes:
        return None
    entry = ir.DictAttr(ir.ArrayAttr(attributes[table])[number])
    return ir.StringAttr(entry[name]).value if name in entry else None
