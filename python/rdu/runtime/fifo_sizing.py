"""FIFO depths that cost nothing: some proven for any data, the others observed for given data.

With FIFOs without end a program takes as few cycles as it can. The least power of two that keeps
these cycles, the same for all channels, is found by running the program; a channel that never held
as much gets what it held.

For some channels no run is needed. A context with one input of streams that pops a token in every
firing, and whose own outputs lead to such contexts only, takes each token as it arrives: its
producer sends one a cycle at most. Then `latency + 1` places are as good as any number. A primitive
that waits for a memory to be filled, or to be free, is no such context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from numpy.typing import NDArray

from rdu.configuration.model import Context, Endpoint, Net, Program, Section, Sink, Sparse
from rdu.simulator import RunResult, simulate
from rdu.simulator.simulate import EngineName
from rdu.support.diagnostics import ExitCode, RduError
from rdu.targets import Machine

Basis = Literal["proven", "observed"]
Arrays = Mapping[str, NDArray[Any]]
Channel = tuple[str, Endpoint]
"""A section and the input that a channel leads to."""

STEADY = ("apply", "array", "locate", "scatter", "write_fibers", "write_values")
"""Primitives that pop a token in every firing if they have one input of streams."""

SIZED = "scalar"
"""The kind of the nets whose channels are sized."""

DEEPEST = 1 << 16
"""Places that are tried at most where the machine has no limit."""

PLENTY = 1 << 20
"""Places that stand for any number between placed units, which need a capacity."""


@dataclass(frozen=True, slots=True)
class Depth:
    """The places of one channel: `proven` for any data, or `observed` to be enough for one."""

    section: str
    channel: str
    places: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class Sized:
    """A program with depths for all channels; `cycles` with them, `ideal` without a limit."""

    program: Program
    depths: tuple[Depth, ...]
    cycles: int
    ideal: int


def size_fifos(
    program: Program, machine: Machine, arrays: Arrays, engine: EngineName = "native"
) -> Sized:
    """Return a program whose FIFOs are as shallow as they can be, all alike, at no cost.

    Only channels of scalars are sized, which all streams of sparse primitives are; the others keep
    their capacities. Where the machine's deepest FIFOs do cost cycles, the least depth that costs
    no more is taken, and `cycles` says so.

    Args:
        program: a program; the capacities of its scalar channels do not matter.
        machine: a machine; its FIFOs for scalars bound what is tried.
        arrays: inputs and weights, as `simulate` takes them.
        engine: the simulator's engine.

    Raises:
        RduError: a run fails, or deadlocks with the deepest FIFOs (exit code 4).
    """
    deepest = int(min(machine.fifo.scalar, DEEPEST))
    proven = {c: places for c, places in proven_depths(program, machine) if places <= deepest}
    unbounded = replace(machine, fifo=replace(machine.fifo, scalar=float("inf")))
    free = with_capacities(program, lambda _: None if machine.grid is None else PLENTY)
    ideal = simulate(free, unbounded, arrays, engine, warn=_silent)
    held = _high_water(program, ideal)

    def places(channel: Channel, depth: int) -> int:
        return proven.get(channel) or max(1, min(depth, held[channel]))

    def run(depth: int) -> tuple[Program, int]:
        made = with_capacities(program, lambda channel: places(channel, depth))
        return made, simulate(made, machine, arrays, engine, warn=_silent).cycles

    target = ideal.cycles
    if max(held.values(), default=0) > deepest:
        target = max(target, run(deepest)[1])
    depth = 1
    while True:
        depth = min(2 * depth, deepest)
        try:
            made, cycles = run(depth)
        except RduError as error:
            if error.exit_code != ExitCode.DEADLOCK or depth == deepest:
                raise
            continue
        if cycles <= target or depth == deepest:
            break
    depths = tuple(
        Depth(
            channel[0],
            str(channel[1]),
            places(channel, depth),
            "proven" if channel in proven else "observed",
        )
        for channel in held
    )
    return Sized(made, depths, cycles, ideal.cycles)


def with_capacities(program: Program, capacity: Callable[[Channel], int | None]) -> Program:
    """Return a program with the capacity of each scalar channel as a function of it says.

    A channel has places for the tokens that are on it from the start, at least.
    """

    def sized(section: Section, net: Net) -> Net:
        if net.kind != SIZED:
            return net
        sinks: list[Sink] = []
        for sink in net.sinks:
            places = capacity((section.name, sink.to))
            sinks.append(replace(sink, capacity=places and max(places, sink.init)))
        return replace(net, sinks=tuple(sinks))

    sections = tuple(
        replace(section, nets=tuple(sized(section, net) for net in section.nets))
        for section in program.sections
    )
    return replace(program, sections=sections)


def proven_depths(program: Program, machine: Machine) -> Iterator[tuple[Channel, int]]:
    """Yield the channels into contexts that keep pace with any producer, and places for each."""
    network = machine.network
    for section in program.sections:
        contexts = {(u.name, c.name): c for u, c in section.contexts()}
        readers: dict[tuple[str, str], list[tuple[str, str]]] = {key: [] for key in contexts}
        for net in section.nets:
            source = (net.source.unit, net.source.context)
            readers[source] += [(sink.to.unit, sink.to.context) for sink in net.sinks]
        pace = {key for key, context in contexts.items() if _is_steady(context)}
        while late := {key for key in pace if not pace.issuperset(readers[key])}:
            pace -= late
        for net in section.nets:
            for sink in net.sinks if net.kind == SIZED else ():
                if (sink.to.unit, sink.to.context) in pace:
                    hops = max(0, len(sink.route) - 1) * network.hop_latency
                    yield (section.name, sink.to), network.direct_latency + hops + 1


def _is_steady(context: Context) -> bool:
    action = context.action
    return isinstance(action, Sparse) and action.primitive in STEADY and len(context.inputs) == 1


def _high_water(program: Program, result: RunResult) -> dict[Channel, int]:
    """Return the most that each scalar channel held in any run of its section."""
    held: dict[Channel, int] = {}
    for run, statistics in zip(program.host, result.sections, strict=True):
        section = program.section(run.section)
        ends = [(net.kind, sink.to) for net in section.nets for sink in net.sinks]
        for (kind, end), channel in zip(ends, statistics.channels, strict=True):
            if kind != SIZED:
                continue
            key = (section.name, end)
            held[key] = max(held.get(key, 0), channel.high_water)
    return held


def _silent(_: object) -> None:
    """Say nothing of depths that are only tried."""
