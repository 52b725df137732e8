"""Elaboration: a section, a machine and tensor addresses become plain numbers for the engines.

Both engines run an `ElaboratedSection` and nothing else, so that what a name, a route or a level
means is decided once, here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from rdu.configuration.model import ELEMENT_BYTES, Endpoint, Net, Section, Sink
from rdu.simulator.elaboration.context import Names, elaborate_context
from rdu.simulator.elaboration.network import elaborate_network
from rdu.simulator.specification import (
    ChannelSpec,
    ElaboratedSection,
    MemorySpec,
    TensorSpec,
    TierSpec,
)
from rdu.targets import Machine


def elaborate(
    section: Section, machine: Machine, addresses: Mapping[str, tuple[str, int]]
) -> ElaboratedSection:
    """Elaborate a verified section; `addresses` gives each formal's tier and byte address."""
    memories = {
        (unit.name, memory.name): MemorySpec(
            name=f"{unit.name}.{memory.name}",
            dtype=memory.dtype,
            words=memory.words,
            buffers=memory.buffers,
            banks=machine.pmu.banks,
            skew=memory.skew or 0,
        )
        for unit in section.units
        for memory in unit.memories
    }
    tiers = tuple(dict.fromkeys(tier for tier, _ in addresses.values())) or tuple(machine.tiers)[:1]
    tensors = tuple(
        TensorSpec(
            name=f.name,
            dtype=f.dtype,
            elements=math.prod(f.shape),
            address=addresses[f.name][1],
            tier=tiers.index(addresses[f.name][0]),
            element_bytes=ELEMENT_BYTES[f.dtype],
        )
        for f in section.formals
    )
    network, ways = elaborate_network(section, machine)
    sinks = [(net, sink) for net in section.nets for sink in net.sinks]
    names = Names(
        by_source=_by_source(sinks),
        by_sink={sink.to: number for number, (_, sink) in enumerate(sinks)},
        memories={key: (i, spec.words) for i, (key, spec) in enumerate(memories.items())},
        tensors={f.name: (i, f.shape) for i, f in enumerate(section.formals)},
        tiers={name: tier for name, (tier, _) in addresses.items()},
    )
    return ElaboratedSection(
        name=section.name,
        lanes=machine.pcu.lanes,
        outstanding=machine.ag.outstanding,
        contexts=tuple(
            elaborate_context(unit, context, machine, names) for unit, context in section.contexts()
        ),
        channels=_channels(section, sinks, machine, ways),
        memories=tuple(memories.values()),
        tensors=tensors,
        tiers=tuple(_tier(machine, tier) for tier in tiers),
        network=network,
    )


def _by_source(sinks: list[tuple[Net, Sink]]) -> dict[Endpoint, list[int]]:
    found: dict[Endpoint, list[int]] = {}
    for number, (net, _) in enumerate(sinks):
        found.setdefault(net.source, []).append(number)
    return found


def _channels(
    section: Section,
    sinks: list[tuple[Net, Sink]],
    machine: Machine,
    ways: Mapping[Endpoint, tuple[int, ...]],
) -> tuple[ChannelSpec, ...]:
    """Return a channel for each sink of each net, in the order of the text."""
    numbers = {(u.name, c.name): i for i, (u, c) in enumerate(section.contexts())}
    streams = {
        Endpoint(unit.name, context.name, port.name)
        for unit, context in section.contexts()
        for port in context.outputs
        if port.stream
    }
    return tuple(
        ChannelSpec(
            name=f"{net.source} -> {sink.to}",
            kind=net.kind,
            capacity=-1 if sink.capacity is None else sink.capacity,
            init=sink.init,
            latency=machine.network.direct_latency
            + max(0, len(sink.route) - 1) * machine.network.hop_latency,
            source=numbers[net.source.unit, net.source.context],
            sink=numbers[sink.to.unit, sink.to.context],
            stream=net.source in streams,
            discard=sink.discard,
            virtual_channel=-1 if sink.virtual_channel is None else sink.virtual_channel,
            links=ways.get(sink.to, ()),
        )
        for net, sink in sinks
    )


def _tier(machine: Machine, name: str) -> TierSpec:
    tier = machine.tiers[name]
    rate = tier.bytes_per_cycle
    return TierSpec(
        name=name,
        channels=tier.channels,
        burst_bytes=tier.burst_bytes,
        burst_ticks=tier.burst_bytes * rate.denominator,
        ticks_per_cycle=rate.numerator,
        latency=tier.latency,
        row_bursts=tier.row_bytes // tier.burst_bytes,
        row_banks=tier.row_banks,
        row_miss_ticks=tier.row_miss * rate.numerator,
    )
