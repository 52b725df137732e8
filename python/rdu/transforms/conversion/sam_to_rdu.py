"""Conversion of graphs of stream primitives to units, contexts and nets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rdu.analysis.sparse.skips import told
from rdu.codegen.sparse import WORD_BITS
from rdu.dialects import sam
from rdu.dialects.sam.streams import one_of
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.passes import Pass, option, register
from rdu.support.diagnostics import ExitCode, RduError
from rdu.targets import Machine, load_machine
from rdu.transforms.conversion.circuits.bounds import Bounds, bounds_of
from rdu.transforms.conversion.circuits.circuit import Circuit, flat
from rdu.transforms.conversion.circuits.direct import directly
from rdu.transforms.conversion.circuits.emit import emit
from rdu.transforms.conversion.circuits.layout import Layout
from rdu.transforms.conversion.circuits.primitives import (
    OUTSIDE,
    WORDS,
    WRITERS,
    Planner,
    bits_of,
)
from rdu.transforms.conversion.circuits.residency import RESIDENCIES, by_bursts, residents
from rdu.transforms.conversion.circuits.scratchpads import on_scratchpads, too_large, what
from rdu.transforms.conversion.circuits.stages import split
from rdu.transforms.conversion.circuits.stored import Storage
from rdu.transforms.conversion.circuits.tensors import TensorTable, returned

AROUND = ("sam.graph", "arith.constant", "tensor.empty", "func.return")
"""What a function of graphs holds."""

HINT = "smaller operands, or a smaller 'capacity' or 'totals' where less is stored"

AHEAD = 16
"""Tokens that a walk on a grid may send before it is told where to go on."""


@dataclass(frozen=True)
class ConvertOptions:
    """What the fabric gives."""

    machine: str = option("sam-ideal", help="machine to lower for: its name or a .toml file")
    fifo_depth: int | None = option(
        None,
        help="capacity of channels between primitives in tokens, as deep as there are if not given",
        min=1,
    )
    tier: str | None = option(
        None, help="memory tier that holds the tensors, the machine's first if not given"
    )
    capacity: tuple[int, ...] = option(
        (),
        help="positions that results have room for at each level, then values; all if not given",
        min=0,
    )
    totals: int | None = option(
        None,
        help="words of a tree in an accumulation's memory, as many as there may be if not given",
        min=1,
    )
    residency: str = option(
        "auto",
        choices=RESIDENCIES,
        help="where levels and values are: on scratchpads, or in the tier (dram) if these do not "
        "hold them, never, or wherever they can be",
    )


@register
class SamToRdu(Pass):
    """Give every primitive of a graph a unit of its own, and connect them.

    Accepts functions that hold `sam.graph`s and return their results. Each function becomes the
    tensors that its graphs read and write, a section in state `virtual` for each graph, and a run
    of it:

    * a primitive is a context of a PCU, or of an address generator where it touches a tensor; a
      function that is made of several operations takes a unit for each;
    * on a machine whose tiers do not serve primitives directly, each level and the values have
      memories on a PMU, which primitives there read and write; address generators load them before
      and store what was written. Readers share a memory as long as the contexts of a PMU suffice;
    * what a scratchpad does not hold stays in the tier: primitives on address generators ask for
      bursts of it, and a lookup becomes `bounds`, `range` and `fetch`. Levels that are located in
      or skipped through, and bit vectors, have to be on a scratchpad;
    * a stream that several primitives take is one net with several sinks; one that nobody takes is
      not sent; `sam.root` needs no unit;
    * a tensor `B` is in `B.segments0`, `B.coordinates0`, ..., `B.values`, as its format has it; the
      levels of a result are compressed. `rdu.stored` on a `sam.bind` or a `sam.graph` says how much
      there is: positions at each level, then values. Else there is room for everything;
    * an intersection with `skip` tells lookups that only it reads where to go on, by a net back to
      each, on which there are a few tokens from the start;
    * what a graph stores on the way is stored by a section of its own, which runs before.

    Refuses, all at once, ops that configurations have no primitive for; and accumulations, and what
    else has to be on a scratchpad, that are larger than one (exit code 3).
    """

    name = "sam-to-rdu"
    level_in = "sam"
    level_out = "rdu"
    Options = ConvertOptions
    messages = {  # noqa: RUF012
        "primitive": "has no primitive on the fabric",
        "wide": "takes words of {have} bits: expected at most {need}",
        "skip": "has 'skip', but no side that can be told where to go on: expected a lookup of a "
        "compressed or dense level that nobody else reads",
        "outside": "is no part of a graph: expected {need}",
        "returned": "returns what no graph computes: expected the result of a 'sam.graph'",
        "twice": "returns a tensor twice: expected each graph's result once",
        "stored": "has 'rdu.stored' {have}: expected positions at each of {need} levels, then "
        "values, as many as positions at the last level",
        "room": "may have {have} positions: expected at most {need}, or 'rdu.stored'",
        "kept": "binds the result of a graph as {have}: expected {need}, as it is written",
        "dynamic": "computes {have}: expected extents that are known",
        "resident": "{what} stays in tier '{tier}', bursts of which are asked for: it may take "
        "{bytes} bytes, of which a scratchpad holds {have}",
        "scratchpad": "{what} does not fit a scratchpad: expected at most {have} bytes, got {need}",
    }
    statistics = {  # noqa: RUF012
        "units": "units made",
        "nets": "nets made",
        "sections": "sections made",
        "residents": "levels and values that stay in their tier",
    }

    def run(self, module: ir.OpView, options: ConvertOptions) -> None:
        """Convert every function of the module."""
        machine = load_machine(options.machine)
        direct = [name for name, tier in machine.tiers.items() if tier.direct]
        tier = options.tier or [*direct, *machine.tiers][0]
        for function in defined_functions(module):
            graphs = self._graphs(function)
            if self.failed:
                continue
            table = TensorTable(function, options.capacity, self.error)
            for graph in graphs:
                table.graph(graph)
                if not direct and not self.failed:
                    table.narrow(graph, _bounds(graph, table))
            if self.failed:
                continue
            name = function.name.value
            answers = _answers(machine)
            circuits = [c for graph in graphs for c in _plan(graph, table, name, answers)]
            circuits[-1].name = name
            if direct:
                layouts = [directly(circuit, options.fifo_depth) for circuit in circuits]
            else:
                stay = [self._residents(c, machine, options.residency, tier) for c in circuits]
                circuits = [by_bursts(c, s) for c, s in zip(circuits, stay, strict=True)]
                depth, words = options.fifo_depth, options.totals
                layouts = [
                    on_scratchpads(circuit, machine, depth, words, storages)
                    for circuit, storages in zip(circuits, stay, strict=True)
                ]
                self._check_room(layouts, machine)
            with ir.InsertionPoint(function.operation), function.location:
                tensors = (*table.bound.values(), *table.results.values())
                emit(circuits, layouts, tensors, tier, machine.pcu.lanes)
            self.count("units", sum(len(layout.places) for layout in layouts))
            self.count("nets", sum(len(layout.wires) for layout in layouts))
            self.count("sections", len(circuits))
            function.operation.erase()

    def _residents(
        self, circuit: Circuit, machine: Machine, residency: str, tier: str
    ) -> set[Storage]:
        """Return what of a section stays in its tier; say so of what does not fit."""
        found = list(residents(circuit, machine, residency))
        for storage, unit, size in found:
            if size > (room := machine.pmu.bytes):
                place = unit.job.location
                self.remark(place, "resident", what=what(storage), tier=tier, bytes=size, have=room)
        self.count("residents", len(found))
        return {each.storage for each in found}

    def _check_room(self, layouts: Sequence[Layout], machine: Machine) -> None:
        """Report every unit whose memories a scratchpad does not hold, if any (exit code 3)."""
        note = f"machine '{machine.name}': {machine.pmu.bytes} bytes for each pmu"
        for large in (large for layout in layouts for large in too_large(layout, machine)):
            notes, hint = [note], HINT
            if large.whole:
                words = " and ".join(f"'{word}'" for word in large.whole)
                notes.append(f"it has to be there whole for {words}")
            if large.may_stay:
                hint += "; or residency 'auto', which leaves it in its tier"
            values = {"what": large.what, "need": large.bytes, "have": machine.pmu.bytes}
            self.error(large.location, "scratchpad", notes=notes, hint=hint, **values)
        if self.failed:
            raise RduError([], ExitCode.DOES_NOT_FIT)

    def _graphs(self, function: Any) -> list[Any]:
        """Return a function's graphs; report what else there is, and what no primitive does."""
        operations = list(function.regions[0].blocks[0].operations)
        for op in operations:
            if op.operation.name not in AROUND:
                self.error(op, "outside", need=one_of(AROUND))
        graphs = [op for op in operations if isinstance(op, sam.GraphOp)]
        for graph in graphs:
            self._check(graph)
        results, given = [graph.output for graph in graphs], returned(function)
        if not graphs or any(value not in results for value in given):
            self.error(operations[-1], "returned")
        if len(set(given)) < len(given):
            self.error(operations[-1], "twice")
        return graphs

    def _check(self, graph: Any) -> None:
        kind = graph.output.type
        if not kind.has_static_shape:
            self.error(graph, "dynamic", have=kind)
        for op in graph.body.blocks[0].operations:
            name = op.operation.name
            if name not in (*WORDS, *OUTSIDE, *WRITERS):
                self.error(op, "primitive")
            elif (bits := bits_of(op)) > WORD_BITS:
                self.error(op, "wide", have=bits, need=WORD_BITS)
            elif (sides := told(op)) and not any(sides):
                self.warning(op, "skip")


def _answers(machine: Machine) -> int:
    """Return how many tokens a walk may send before the first is answered, at a token a cycle.

    On a grid that is a guess: an answer takes the ways of two nets, which are not placed yet.
    """
    if machine.grid is not None or machine.sparse is None:
        return AHEAD
    return machine.sparse.depth + machine.sparse.join_depth


def _plan(graph: Any, table: TensorTable, name: str, answers: int) -> list[Circuit]:
    """Plan the sections of a graph, the last of which writes its result."""
    block = graph.body.blocks[0]
    circuits: list[Circuit] = []
    stages = split(block)
    bounds = _bounds(graph, table)
    result = table.results[graph.output]
    for number, stage in enumerate(stages):
        last = number == len(stages) - 1
        circuit = Circuit(f"{name}_{flat(result.name)}" + ("" if last else f"_{number}"))
        planner = Planner(circuit, table.bound.__getitem__, answers)
        for op in stage.operations:
            planner.primitive(op)
        if last:
            crds = [op.crd for op in graph.writers]
            planner.writers(result, crds, block.operations[-1].values)
        circuit.bounds = {planner.signals[v]: b for v, b in bounds.items() if v in planner.signals}
        circuits.append(circuit)
    return circuits


def _bounds(graph: Any, table: TensorTable) -> Bounds:
    return bounds_of(graph.body.blocks[0].operations, table.bound.__getitem__)
