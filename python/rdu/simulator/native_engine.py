"""The fast engine: the same execution model in C++ (`native/engine`), bit- and cycle-identical."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu import _native
from rdu.semantics.dtypes import NUMPY
from rdu.simulator.progress import Progress
from rdu.simulator.recording.critical_path import Ledger
from rdu.simulator.recording.record import NOTHING, Record
from rdu.simulator.recording.timeline import state_names
from rdu.simulator.result import (
    Blocked,
    ChannelStatistics,
    ContextStatistics,
    Deadlock,
    Fault,
    LinkStatistics,
    SectionResult,
    Share,
    TierStatistics,
    Timeline,
)
from rdu.simulator.specification import (
    ChannelSpec,
    ContextSpec,
    ElaboratedSection,
    Input,
    Output,
    TierSpec,
)


class NativeEngine:
    """Runs elaborated sections on plain words; plain contexts in bursts of firings."""

    name = "native"

    def run(
        self,
        section: ElaboratedSection,
        tensors: Sequence[NDArray[Any]],
        *,
        record: Record = NOTHING,
        progress: Progress | None = None,
    ) -> SectionResult | Deadlock | Fault:
        """Run a section on flat arrays, one for each tensor, which stores change in place.

        Raises:
            ValueError: an array is not of its tensor's type or size, or a store's is read-only.
            KeyboardInterrupt: the user has stopped the run.
        """
        outcome = _native.run(
            section,
            [_bits(tensor) for tensor in tensors],
            progress,
            record.critical_path,
            record.buckets,
        )
        if fault := outcome.fault:
            return Fault(
                fault.time, fault.context, fault.kind, fault.position, fault.value, fault.expected
            )
        if outcome.deadlocked:
            return Deadlock(
                time=outcome.time,
                blocked=tuple(
                    Blocked(b.context, b.channel, "full" if b.full else "empty")
                    for b in outcome.blocked
                ),
                fills=tuple(c.fill for c in outcome.channels),
            )
        return SectionResult(
            name=section.name,
            cycles=outcome.time,
            contexts=tuple(map(_context, section.contexts, outcome.contexts)),
            channels=tuple(map(_channel, section.channels, outcome.channels)),
            tiers=tuple(map(_tier, section.tiers, outcome.tiers)),
            links=tuple(map(_link, section.network.links, outcome.links)),
            critical_path=_critical_path(section, outcome.critical_path),
            timeline=_timeline(section, outcome.timeline),
            engine=NativeEngine.name,
        )


def _bits(tensor: NDArray[Any]) -> NDArray[Any]:
    """Return a tensor as the engine takes it: a bf16 as the integer of its bits."""
    return tensor.view(np.uint16) if tensor.dtype == NUMPY["bf16"] else tensor


def _context(spec: ContextSpec, account: _native.ContextAccount) -> ContextStatistics:
    return ContextStatistics(
        name=spec.name,
        kind=spec.kind,
        firings=account.firings,
        busy=account.busy,
        bank=account.bank,
        starved=_by_port(spec.inputs, account.starved),
        backpressured=_by_port(spec.outputs, account.backpressured),
        memory=account.memory,
        idle=account.idle,
        lifetime=account.lifetime,
        source=spec.source,
    )


def _by_port(ports: Iterable[Input | Output], cycles: Iterable[int]) -> dict[str, int]:
    return {port.name: waited for port, waited in zip(ports, cycles, strict=True) if waited}


def _tier(spec: TierSpec, traffic: _native.TierTraffic) -> TierStatistics:
    return TierStatistics(
        spec.name,
        traffic.loaded_bytes,
        traffic.stored_bytes,
        traffic.bursts,
        traffic.row_hits,
        traffic.row_misses,
    )


def _link(name: str, traffic: _native.LinkTraffic) -> LinkStatistics:
    return LinkStatistics(name, traffic.packets, traffic.waited)


def _critical_path(
    section: ElaboratedSection, path: Sequence[int] | None
) -> tuple[Share, ...] | None:
    return None if path is None else Ledger(section).shares(path)


def _timeline(section: ElaboratedSection, timeline: _native.Timeline | None) -> Timeline | None:
    if timeline is None:
        return None
    states = tuple(state_names(spec) for spec in section.contexts)
    cycles = (
        np.array(track, np.int64).reshape(-1, len(names))
        for names, track in zip(states, timeline.cycles, strict=True)
    )
    return Timeline(timeline.bucket, states, tuple(cycles))


def _channel(spec: ChannelSpec, traffic: _native.ChannelTraffic) -> ChannelStatistics:
    return ChannelStatistics(
        spec.name, spec.kind, spec.capacity, traffic.tokens, traffic.high_water, traffic.stops
    )
