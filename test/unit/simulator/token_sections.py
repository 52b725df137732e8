"""Sections of control tokens only: small random ones with circles, and a fork with its join."""

from __future__ import annotations

from random import Random

from rdu.simulator.specification import (
    ChannelSpec,
    ContextSpec,
    ElaboratedSection,
    Input,
    Level,
    Output,
    TierSpec,
)


def context(
    name: str,
    trips: tuple[int, ...],
    inputs: tuple[Input, ...],
    outputs: tuple[Output, ...],
    *,
    depth: int = 6,
    repeat: int = 1,
) -> ContextSpec:
    """Return a context without lanes and operations over a nest of the given trips."""
    return ContextSpec(
        name=name,
        kind="compute",
        levels=tuple(Level(0, trip, 1, 1, trip) for trip in trips),
        vector_level=0,
        repeat=repeat,
        depth=depth,
        inputs=inputs,
        outputs=outputs,
        constants=(),
        steps=(),
        registers=("i1",) * len(inputs) + ("i32",) * len(trips),
        access=None,
        source=None,
    )


def pop(channel: int, level: int = 1) -> Input:
    """Return a control input."""
    return Input(f"in{channel}", channel, level, "control", None)


def push(channel: int, level: int = 1) -> Output:
    """Return a control output."""
    return Output(f"out{channel}", (channel,), level, "control", None, -1)


def section(
    contexts: tuple[ContextSpec, ...], channels: tuple[ChannelSpec, ...]
) -> ElaboratedSection:
    """Return a section that uses no memory."""
    tier = TierSpec("dram", 1, 64, 1, 1, 1)
    return ElaboratedSection("tokens", 16, 16, contexts, channels, (), (), (tier,))


def channel(source: int, sink: int, capacity: int, init: int = 0, latency: int = 1) -> ChannelSpec:
    """Return a control channel."""
    name = f"{source} -> {sink}"
    return ChannelSpec(name, "control", capacity, init, latency, source, sink)


def fork_and_join(
    tokens: int, capacity: int, *, level: int = 1, depth: int = 6, latency: int = 1
) -> ElaboratedSection:
    """Return a fork whose tokens go to a join directly, and through a context that acts @`level`.

    Channels are numbered: fork to middle, fork to join (of the given capacity), middle to join. At
    level 0 the middle gives one token after the last of the fork's, and the join wants it first.
    """
    trips = (tokens,)
    return section(
        (
            context("fork", trips, (), (push(0), push(1)), depth=depth),
            context("middle", trips, (pop(0),), (push(2, level),), depth=depth),
            context("join", trips, (pop(1), pop(2, level)), (), depth=depth),
        ),
        (
            channel(0, 1, 16, latency=latency),
            channel(0, 2, capacity, latency=latency),
            channel(1, 2, 16, latency=latency),
        ),
    )


def random_section(random: Random) -> ElaboratedSection:
    """Return contexts over one nest, joined at random, backwards with tokens to start from."""
    trips = tuple(random.choice((1, 2, 3, 5, 12)) for _ in range(3))
    count, repeat = random.randint(2, 6), random.choice((1, 1, 3))
    inputs: list[list[Input]] = [[] for _ in range(count)]
    outputs: list[list[Output]] = [[] for _ in range(count)]
    channels: list[ChannelSpec] = []
    for number in range(random.randint(count, 2 * count + 2)):
        source, sink, level = random.randrange(count), random.randrange(count), random.randint(0, 3)
        init = random.choice((0, 1, 2, 4, 8, 8)) if source >= sink else random.choice((0, 0, 0, 1))
        capacity = random.choice((1, 1, 2, 3, 8, -1))
        if capacity >= 0:
            capacity = max(capacity, init)
        channels.append(channel(source, sink, capacity, init, random.randint(1, 4)))
        inputs[sink].append(pop(number, level))
        outputs[source].append(push(number, level))
    contexts = tuple(
        context(
            f"c{number}",
            trips,
            tuple(inputs[number]),
            tuple(outputs[number]),
            depth=random.choice((1, 2, 5, 20)),
            repeat=repeat,
        )
        for number in range(count)
    )
    return section(contexts, tuple(channels))
