"""What surrounds a random section: tiers with row buffers, a dynamic network, channels that may
hold tokens at the end."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from rdu.simulator.specification import ElaboratedSection, NetworkSpec, TierSpec


def with_tiers(section: ElaboratedSection, random: Random) -> ElaboratedSection:
    """Return a section whose tensors lie in several tiers, some of them with row buffers."""
    tiers = tuple(_tier(f"tier{i}", random) for i in range(random.randint(1, 3)))
    tensors = (replace(t, tier=random.randrange(len(tiers))) for t in section.tensors)
    return replace(section, tiers=tiers, tensors=tuple(tensors))


def _tier(name: str, random: Random) -> TierSpec:
    return TierSpec(
        name=name,
        channels=random.choice((1, 2, 4)),
        burst_bytes=random.choice((16, 64)),
        burst_ticks=random.choice((1, 320)),
        ticks_per_cycle=random.choice((1, 64)),
        latency=random.choice((1, 7, 60)),
        row_bursts=random.choice((0, 1, 2, 4)),
        row_banks=random.choice((1, 2, 3)),
        row_miss_ticks=random.choice((0, 5, 1000)),
    )


def with_network(section: ElaboratedSection, random: Random) -> ElaboratedSection:
    """Return a section of which some channels lead through a network without circles."""
    links, virtual_channels = random.randint(1, 6), random.randint(1, 2)
    hop_latency, density = random.randint(1, 3), random.choice((0.2, 0.6))
    channels = list(section.channels)
    for number, channel in enumerate(channels):
        if random.random() < density:
            route = tuple(link for link in range(links) if random.random() < 0.5)
            channels[number] = replace(
                channel,
                virtual_channel=random.randrange(virtual_channels),
                links=route,
                latency=1 + hop_latency * len(route),
            )
    names = tuple(f"link{i}" for i in range(links))
    network = NetworkSpec(names, hop_latency, virtual_channels, random.randint(1, 3))
    return replace(section, channels=tuple(channels), network=network)


def with_deep_channels(section: ElaboratedSection, random: Random) -> ElaboratedSection:
    """Return a section with channels so deep that the native engine's rings grow with use."""
    channels = (
        replace(c, capacity=random.choice((257, 300, 1000, 65535))) if random.random() < 0.5 else c
        for c in section.channels
    )
    return replace(section, channels=tuple(channels))


def with_leftovers(section: ElaboratedSection, random: Random) -> ElaboratedSection:
    """Return a section of which some channels may hold tokens at the end."""
    channels = (replace(c, discard=random.random() < 0.3) for c in section.channels)
    return replace(section, channels=tuple(channels))
