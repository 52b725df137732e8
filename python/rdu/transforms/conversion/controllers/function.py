"""Converting one function: memories for its tensors, a controller for each kernel."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from rdu.analysis.kernels import Kernel, Site, kernel_of, returned_tensors, top_level_patterns
from rdu.analysis.schedule import Schedule, schedule_of, tile_rows
from rdu.dialects import spatial
from rdu.mlir_ext import func, ir
from rdu.mlir_ext.linear import Linear, affine_map
from rdu.mlir_ext.locations import source_location
from rdu.support.diagnostics import RduError, error
from rdu.support.names import unused
from rdu.transforms.conversion.controllers.body import BodyWriter


@dataclass(frozen=True, slots=True)
class _Reader:
    """A scratchpad memory and the site that reads it."""

    site: Site
    sram: ir.Value
    batched: bool


@dataclass(frozen=True, slots=True)
class _Output:
    """A result of the function, the scratchpad memory that takes it, and its tensor in DRAM."""

    value: ir.Value
    sram: ir.Value
    dram: ir.Value


class FunctionConverter:
    """Converts one function of patterns; the new one is built just before it.

    Args:
        function: a `func.func` that `pattern-to-spatial` accepts.
    """

    def __init__(self, function: ir.OpView) -> None:
        self.function = function
        self.kernels = [kernel_of(pattern) for pattern in top_level_patterns(function)]
        self.schedules = [schedule_of(kernel) for kernel in self.kernels]
        self.rows = tile_rows(function)
        self.names: set[str] = set()
        self.dram: dict[ir.Value, ir.Value] = {}
        self.base: dict[ir.Value, str] = {}
        self.outputs: list[_Output] = []
        self.readers: list[list[_Reader]] = []
        self.folded = 0

    def convert(self) -> dict[str, int]:
        """Build the converted function; return the pass's statistics."""
        with ir.InsertionPoint(self.function.operation), self.function.location:
            converted = func.FuncOp(self.function.name.value, ir.FunctionType.get([], []))
            entry = converted.add_entry_block()
        with ir.InsertionPoint(entry):
            self._declare_tensors()
            self._declare_memories()
            self._load(batched=False)
            with self._tile_loop():
                self._load(batched=True)
                self._control_all()
                self._store()
            with self.function.location:
                func.ReturnOp([])
        memories = sum(map(len, self.readers)) + len(self.outputs)
        return {"controllers": len(self.kernels), "memories": memories, "folded": self.folded}

    # -- memories -------------------------------------------------------------------------------

    def _declare_tensors(self) -> None:
        """Declare a DRAM tensor for each argument and each result."""
        arguments = self.function.regions[0].blocks[0].arguments
        for number, argument in enumerate(arguments):
            name = self._entry("arg_attrs", number, "rdu.name") or f"arg{number}"
            role = self._entry("arg_attrs", number, "rdu.role") or "input"
            self.dram[argument] = self._tensor(argument, name, role, argument.location)
            self.base[argument] = name
        for number, value in enumerate(returned_tensors(self.function)):
            name = self._entry("res_attrs", number, "rdu.name") or f"out{number}"
            dram = self._tensor(value, name, "output", value.owner.location)
            sram = self._sram(name, value, value.owner.location, batched=self.rows > 0)
            self.outputs.append(_Output(value, sram, dram))

    def _entry(self, table: str, number: int, name: str) -> str | None:
        """Return a string attribute of an argument or result, or None; RduError if it is none."""
        if table not in self.function.attributes:
            return None
        entry = ir.DictAttr(ir.ArrayAttr(self.function.attributes[table])[number])
        if name not in entry:
            return None
        if not isinstance(entry[name], ir.StringAttr):
            message = f"'{name}' of tensor {number} is {entry[name]}: expected a string"
            raise RduError(error(message, source_location(self.function.location)))
        return ir.StringAttr(entry[name]).value

    def _tensor(self, value: ir.Value, name: str, role: str, location: ir.Location) -> ir.Value:
        return spatial.DramOp(
            name=name, role=role, result=spatial.Dram.get(value.type), loc=location
        ).result

    def _declare_memories(self) -> None:
        """Declare a scratchpad memory for each tensor and each kernel's way of reading it."""
        for kernel in self.kernels:
            distinct = {(site.tensor, site.rows): site for site in reversed(kernel.sites)}
            sites = sorted(distinct.values(), key=kernel.sites.index)
            self.readers.append([self._reader(site, kernel) for site in sites])

    def _reader(self, site: Site, kernel: Kernel) -> _Reader:
        batched = self.rows > 0 and 0 in site.counters()
        base = self.base.get(site.tensor, "hidden")
        sram = self._sram(base, site.tensor, kernel.op.location, batched=batched)
        return _Reader(site, sram, batched)

    def _sram(
        self, base: str, value: ir.Value, location: ir.Location, *, batched: bool
    ) -> ir.Value:
        kind = value.type
        shape = [self.rows, *kind.shape[1:]] if batched else list(kind.shape)
        with location:
            tile = ir.RankedTensorType.get(shape, kind.element_type)
        name = self._unique(("_" if base[0].isdigit() else "") + base.replace(".", "_"))
        return spatial.SramOp(
            name=name, buffers=1, result=spatial.Sram.get(tile), loc=location
        ).result

    def _unique(self, base: str) -> str:
        name = unused(base, self.names)
        self.names.add(name)
        return name

    def _load(self, *, batched: bool) -> None:
        """Load what comes from DRAM, resident or tile by tile."""
        for kernel, readers in zip(self.kernels, self.readers, strict=True):
            chosen = [r for r in readers if r.site.tensor in self.dram and r.batched == batched]
            for reader in chosen:
                tensor = reader.site.tensor
                spatial.LoadOp(
                    dram=self.dram[tensor],
                    sram=reader.sram,
                    offsets=self._offsets(tensor.type.rank, tiled=batched),
                    loc=kernel.op.location,
                )

    def _store(self) -> None:
        for output in self.outputs:
            offsets = self._offsets(output.value.type.rank, tiled=self.rows > 0)
            location = output.value.owner.location
            spatial.StoreOp(sram=output.sram, dram=output.dram, offsets=offsets, loc=location)

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

    def _control_all(self) -> None:
        """Build the inner controllers in the order of the patterns."""
        for kernel, schedule, readers in zip(
            self.kernels, self.schedules, self.readers, strict=True
        ):
            sources = {(r.site.tensor, r.site.rows): r.sram for r in readers}
            body = BodyWriter(kernel, schedule, self.rows, sources)
            self._control(kernel, schedule, body)
            self.folded += body.folded

    def _control(self, kernel: Kernel, schedule: Schedule, body: BodyWriter) -> None:
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
            body.write(self._destinations(kernel))
            spatial.YieldOp(loc=kernel.op.location)

    def _destinations(self, kernel: Kernel) -> list[ir.Value]:
        """Memories that hold a kernel's result: each reader's, then the output's."""
        readers = [reader for readers in self.readers for reader in readers]
        srams = [reader.sram for reader in readers if reader.site.tensor == kernel.result]
        return srams + [out.sram for out in self.outputs if out.value == kernel.result]


def _counter_names(kernel: Kernel) -> list[str]:
    """Name counters i, j, ... and reduced ones k, k2, ..."""
    parallel = [_letter("i", n) for n in range(len(kernel.parallel))]
    reduced = ["k" if n == 0 else f"k{n + 1}" for n in range(len(kernel.reduced))]
    return parallel + reduced


def _letter(first: str, number: int) -> str:
    return chr(ord(first) + number) if number < 2 else f"{first}{number}"
