"""The fast engine: the same execution model in C++ (`native/engine`), bit- and cycle-identical."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

from rdu import _native
from rdu.simulator.progress import Progress
from rdu.simulator.recording import NOTHING, Record
from rdu.simulator.result import (
    Blocked,
    ChannelStatistics,
    ContextStatistics,
    Deadlock,
    SectionResult,
    TierStatistics,
)
from rdu.simulator.specification import (
    ChannelSpec,
    ContextSpec,
    ElaboratedSection,
    Input,
    Output,
    Sum,
    TierSpec,
    When,
)
from rdu.support.diagnostics import UsageError


class NativeEngine:
    """Runs elaborated sections on plain words, in bursts of firings."""

    name = "native"

    def run(
        self,
        section: ElaboratedSection,
        tensors: Sequence[NDArray[Any]],
        *,
        record: Record = NOTHING,
        progress: Progress | None = None,
    ) -> SectionResult | Deadlock:
        """Run a section on flat arrays, one for each tensor, which stores change in place.

        Raises:
            UsageError: the section has something that only the Python engine runs.
            ValueError: an array is not of its tensor's type or size, or a store's is read-only.
            KeyboardInterrupt: the user has stopped the run.
        """
        missing = missing_in(section)
        if record:
            missing.append("what is to be recorded")
        if missing:
            what = ", ".join(missing)
            raise UsageError(f"the native engine cannot run {what} yet: use '--engine python'")
        (tier,) = section.tiers
        outcome = _native.run(section, tensors)
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
            tiers=(_tier(tier, outcome.loaded_bytes, outcome.stored_bytes),),
            engine=NativeEngine.name,
        )


def missing_in(section: ElaboratedSection) -> list[str]:
    """Name what a section has that this engine does not run."""
    contexts, channels = section.contexts, section.channels
    ports = [port for context in contexts for port in (*context.inputs, *context.outputs)]
    levels = [level for context in contexts for level in context.levels]
    accesses = [context.access for context in contexts if context.access]
    found = {
        "ports with a condition": any(port.when != When() for port in ports),
        "bounds from data": any(level.start_port >= 0 or level.stop_port >= 0 for level in levels),
        "loops without trips": any(level.trips == 0 for level in levels),
        "passes without end": any(context.repeat < 0 for context in contexts),
        "streams": any(port.stream for port in ports),
        "stream primitives": any(context.choice for context in contexts),
        "systolic arrays": any(context.array for context in contexts),
        "updates": any(access.mnemonic for access in accesses),
        "addresses from data": any(access.ports or access.guards for access in accesses),
        "line buffers": any(access.back != Sum() for access in accesses),
        "skewed memories": any(memory.skew for memory in section.memories),
        "bf16": any("bf16" in context.registers for context in contexts)
        or any(memory.dtype == "bf16" for memory in section.memories)
        or any(tensor.dtype == "bf16" for tensor in section.tensors),
        "several tiers": len(section.tiers) > 1,
        "row buffers": any(tier.row_bursts for tier in section.tiers),
        "a dynamic network": any(channel.virtual_channel >= 0 for channel in channels),
        "channels that discard": any(channel.discard for channel in channels),
    }
    return [what for what, there in found.items() if there]


def _context(spec: ContextSpec, account: _native.ContextAccount) -> ContextStatistics:
    return ContextStatistics(
        name=spec.name,
        kind=spec.kind,
        firings=account.firings,
        busy=account.firings,
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


def _tier(spec: TierSpec, loaded: int, stored: int) -> TierStatistics:
    return TierStatistics(spec.name, loaded, stored, (loaded + stored) // spec.burst_bytes)


def _channel(spec: ChannelSpec, traffic: _native.ChannelTraffic) -> ChannelStatistics:
    return ChannelStatistics(
        spec.name, spec.kind, spec.capacity, traffic.tokens, traffic.high_water
    )
