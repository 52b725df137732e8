"""What went over channels, over the links of the dynamic network, and to and from memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rdu.report.table import Column, Row, Table, Value
from rdu.simulator.result import ChannelStatistics, SectionResult, TierStatistics
from rdu.simulator.simulate import RunResult
from rdu.targets import Machine

_RUN = (
    Column("run", "run", "position in the host's schedule"),
    Column("section", "section", "its section", "text"),
)

CHANNELS = (
    *_RUN,
    Column("channel", "channel", "from output port to input port", "text"),
    Column("kind", "kind", "vector, scalar or control", "text"),
    Column("tokens", "tokens", "tokens that it carried"),
    Column("stops", "stops", "those of them that end fibers, or the stream"),
    Column("capacity", "capacity", "tokens that it can hold; none given if unbounded"),
    Column("high_water", "high water", "most tokens that it held"),
    Column("share", "share", "high water over capacity", "percent"),
)

LINKS = (
    *_RUN,
    Column("link", "link", "from switch to switch, each as (row,column)", "text"),
    Column("packets", "packets", "packets that it took, one a cycle at most"),
    Column("share", "share of cycles", "packets over the section's cycles", "percent"),
    Column("waited", "waited", "cycles that packets waited for it, added up"),
)

_TRAFFIC = (
    Column("tier", "tier", "memory tier", "text"),
    Column("loaded_bytes", "bytes loaded", "whole bursts"),
    Column("stored_bytes", "bytes stored", "whole bursts"),
    Column("bursts", "bursts", "bursts requested"),
    Column("row_hits", "row hits", "bursts whose row was open"),
    Column("row_misses", "row misses", "bursts whose row had to be opened"),
    Column("peak", "peak bytes a cycle", "bandwidth of all its channels", "decimal"),
    Column("share", "share of peak", "bytes moved over peak times cycles", "percent"),
)

TIERS = _TRAFFIC
SECTION_TIERS = (*_RUN, *_TRAFFIC)


def channel_table(result: RunResult, shown: int | None) -> Table:
    """Return a row for each channel of each run, the fullest first."""
    rows = [
        _channel_row(run, section.name, channel)
        for run, section in enumerate(result.sections)
        for channel in section.channels
    ]
    rows.sort(key=lambda row: (-_number(row["share"]), -_number(row["tokens"])))
    return Table("channels", "channels, fullest first", CHANNELS, tuple(rows), shown)


def link_table(result: RunResult, shown: int | None) -> Table:
    """Return a row for each link of the dynamic network in each run, the longest waits first."""
    rows: list[Row] = [
        {
            "run": run,
            "section": section.name,
            "link": link.name,
            "packets": link.packets,
            "share": link.packets / section.cycles if section.cycles else None,
            "waited": link.waited,
        }
        for run, section in enumerate(result.sections)
        for link in section.links
    ]
    rows.sort(key=lambda row: (-_number(row["waited"]), -_number(row["packets"])))
    title = "links of the dynamic network, longest waits first"
    return Table("links", title, LINKS, tuple(rows), shown)


def tier_table(machine: Machine, result: RunResult) -> Table:
    """Return a row for each memory tier that was used."""
    rows = [
        _tier_row(machine, [t for s in result.sections for t in s.tiers if t.name == name], cycles)
        for cycles in [result.cycles]
        for name in moved_bytes(result.sections)
    ]
    return Table("tiers", "memory tiers", TIERS, tuple(rows))


def section_tier_table(machine: Machine, result: RunResult, shown: int | None) -> Table:
    """Return a row for each memory tier of each run of a section; text has it if runs are many."""
    rows: list[Row] = [
        {"run": run, "section": section.name, **_tier_row(machine, [tier], section.cycles)}
        for run, section in enumerate(result.sections)
        for tier in section.tiers
    ]
    most = shown if len(result.sections) > 1 else 0
    return Table("section_tiers", "memory tiers, by section", SECTION_TIERS, tuple(rows), most)


def moved_bytes(sections: Iterable[SectionResult]) -> dict[str, int]:
    """Return the bytes moved by tier, in order of first use."""
    moved: dict[str, int] = {}
    for tier in (tier for section in sections for tier in section.tiers):
        moved[tier.name] = moved.get(tier.name, 0) + tier.bytes
    return moved


def _channel_row(run: int, section: str, channel: ChannelStatistics) -> Row:
    capacity = None if channel.capacity < 0 else channel.capacity
    return {
        "run": run,
        "section": section,
        "channel": channel.name,
        "kind": channel.kind,
        "tokens": channel.tokens,
        "stops": channel.stops,
        "capacity": capacity,
        "high_water": channel.high_water,
        "share": channel.high_water / capacity if capacity else None,
    }


def _tier_row(machine: Machine, tiers: Sequence[TierStatistics], cycles: int) -> Row:
    """Return the traffic of one tier, added up over runs that took so many cycles."""
    name = tiers[0].name
    peak = machine.peak_bytes_per_cycle(name)
    moved = sum(tier.bytes for tier in tiers)
    return {
        "tier": name,
        "loaded_bytes": sum(tier.loaded_bytes for tier in tiers),
        "stored_bytes": sum(tier.stored_bytes for tier in tiers),
        "bursts": sum(tier.bursts for tier in tiers),
        "row_hits": sum(tier.row_hits for tier in tiers),
        "row_misses": sum(tier.row_misses for tier in tiers),
        "peak": float(peak),
        "share": float(moved / (peak * cycles)) if cycles else None,
    }


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
