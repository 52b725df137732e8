"""What the numbers of a machine must be to each other."""

from __future__ import annotations

from collections.abc import Iterator

from rdu.targets.machine import Machine


def broken_relations(machine: Machine) -> Iterator[tuple[str, str]]:
    """Yield the key of each number that does not agree with another, and a message about it."""
    network = machine.network
    if network.virtual_channels and not network.hop_latency:
        # A packet would be everywhere on its way at once, and so take every link at its own time.
        need = "expected 1 or more cycles with virtual channels, got 0"
        yield "network.hop_latency", f"'network.hop_latency' is too short: {need}"
    if array := machine.systolic:
        for field in ("rows", "columns", "output_lanes"):
            lanes = getattr(array, field)
            if lanes > machine.pcu.lanes:
                need = f"expected at most {machine.pcu.lanes}, the lanes of a PCU, got {lanes}"
                yield f"systolic.{field}", f"'systolic.{field}' is out of range: {need}"
    for name, tier in machine.tiers.items():
        if tier.row_bytes % tier.burst_bytes:
            need = f"expected a multiple of {tier.burst_bytes} bytes, got {tier.row_bytes}"
            yield f"{name}.row_bytes", f"'{name}.row_bytes' cuts bursts: {need}"
