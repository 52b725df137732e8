"""Conversion of graphs of stream primitives to units, contexts and nets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rdu.codegen.sparse import form_of
from rdu.dialects import sam
from rdu.dialects.sam.streams import level_formats, one_of
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.passes import Pass, option, register
from rdu.transforms.conversion.circuits.circuit import Circuit, flat
from rdu.transforms.conversion.circuits.emit import emit
from rdu.transforms.conversion.circuits.primitives import (
    OUTSIDE,
    WORDS,
    WRITERS,
    Planner,
    tensor_of,
)
from rdu.transforms.conversion.circuits.stages import split
from rdu.transforms.conversion.circuits.tensors import TensorTable, returned

AROUND = ("sam.graph", "arith.constant", "tensor.empty", "func.return")
"""What a function of graphs holds."""


@dataclass(frozen=True)
class ConvertOptions:
    """What the fabric gives."""

    fifo_depth: int | None = option(None, help="capacity of each channel in tokens", min=1)
    tier: str = option("memory", help="memory tier that holds the tensors")
    capacity: tuple[int, ...] = option(
        (),
        help="positions that results have room for at each level, then values; all if not given",
        min=0,
    )


@register
class SamToRdu(Pass):
    """Give every primitive of a graph a unit of its own, and connect them.

    Accepts functions that hold `sam.graph`s and return their results. Each function becomes the
    tensors that its graphs read and write, a section in state `virtual` for each graph, and a run
    of it:

    * a primitive is a context of a PCU, or of an address generator where it touches a tensor; a
      function that is made of several operations takes a unit for each;
    * a stream that several primitives take is one net with several sinks; one that nobody takes is
      not sent; `sam.root` needs no unit;
    * a tensor `B` is in `B.segments0`, `B.coordinates0`, ..., `B.values`, as its format has it; the
      levels of a result are compressed. `rdu.stored` on a `sam.bind` or a `sam.graph` says how much
      there is: positions at each level, then values. Else there is room for everything;
    * what a graph stores on the way is stored by a section of its own, which runs before.

    Refuses, all at once, ops that configurations have no primitive for.
    """

    name = "sam-to-rdu"
    level_in = "sam"
    level_out = "rdu"
    Options = ConvertOptions
    messages = {  # noqa: RUF012
        "primitive": "has no primitive on the fabric",
        "format": "touches a level that is '{have}': expected {need}",
        "element": "computes with {have}: expected f32 or i32",
        "skip": "has 'skip', which the fabric has not: its lookups walk whole fibers",
        "outside": "is no part of a graph: expected {need}",
        "returned": "returns what no graph computes: expected the result of a 'sam.graph'",
        "twice": "returns a tensor twice: expected each graph's result once",
        "stored": "has 'rdu.stored' {have}: expected positions at each of {need} levels, then "
        "values, as many as positions at the last level",
        "room": "may have {have} positions: expected at most {need}, or 'rdu.stored'",
        "kept": "binds the result of a graph as {have}: expected {need}, as it is written",
        "dynamic": "computes {have}: expected extents that are known",
    }
    statistics = {"units": "units made", "nets": "nets made", "sections": "sections made"}  # noqa: RUF012

    def run(self, module: ir.OpView, options: ConvertOptions) -> None:
        """Convert every function of the module."""
        for function in defined_functions(module):
            graphs = self._graphs(function)
            if self.failed:
                continue
            table = TensorTable(function, options.capacity, self.error)
            for graph in graphs:
                table.graph(graph)
            if self.failed:
                continue
            name = function.name.value
            circuits = [c for graph in graphs for c in _plan(graph, table, name)]
            circuits[-1].name = name
            with ir.InsertionPoint(function.operation), function.location:
                tensors = (*table.bound.values(), *table.results.values())
                emit(circuits, tensors, options.tier, options.fifo_depth)
            self.count("units", sum(len(circuit.units) for circuit in circuits))
            self.count("nets", sum(len(circuit.sinks) for circuit in circuits))
            self.count("sections", len(circuits))
            function.operation.erase()

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
        if str(kind.element_type) not in ("f32", "i32"):
            self.error(graph, "element", have=kind.element_type)
        if not kind.has_static_shape:
            self.error(graph, "dynamic", have=kind)
        for op in graph.body.blocks[0].operations:
            name = op.operation.name
            if name not in (*WORDS, *OUTSIDE, *WRITERS):
                self.error(op, "primitive")
            elif isinstance(op, sam.FiberLookupOp | sam.LocateOp):
                self._check_level(op)
            elif isinstance(op, sam.IntersectOp) and op.skip is not None and op.skip.value:
                self.warning(op, "skip")

    def _check_level(self, op: Any) -> None:
        form = form_of(WORDS[op.operation.name])
        number: int = op.level.value
        have = level_formats(tensor_of(op).type)[number]
        if form is not None and have.partition(":")[0] not in (*form.storages, "blocked"):
            self.error(op, "format", have=have, need=one_of((*form.storages, "blocked")))


def _plan(graph: Any, table: TensorTable, name: str) -> list[Circuit]:
    """Plan the sections of a graph, the last of which writes its result."""
    block = graph.body.blocks[0]
    circuits: list[Circuit] = []
    stages = split(block)
    result = table.results[graph.output]
    for number, stage in enumerate(stages):
        last = number == len(stages) - 1
        circuit = Circuit(f"{name}_{flat(result.name)}" + ("" if last else f"_{number}"))
        planner = Planner(circuit, table.bound.__getitem__)
        for op in stage.operations:
            planner.primitive(op)
        if last:
            writers = [op for op in stage.operations if isinstance(op, sam.FiberWriteOp)]
            crds = [op.crd for op in sorted(writers, key=lambda op: op.level.value)]
            planner.writers(result, crds, block.operations[-1].values)
        circuits.append(circuit)
    return circuits
