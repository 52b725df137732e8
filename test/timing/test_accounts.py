"""Where the cycles go: accounts and high-water marks in closed form.

A context that starts its n-th firing at t(n - 1) has waited t(n - 1) - (n - 1) cycles before its n
firings of one cycle, and is idle from t(n - 1) + 1 to its last retirement. Here each context waits
for one thing only, so its whole account follows.
"""

from __future__ import annotations

import pytest
from micro import (
    BURST,
    DIRECT,
    FULL_RATE,
    LANES,
    lifetime,
    link,
    net,
    relay,
    run,
    sink,
    source,
    stages,
    unit,
)

from rdu.simulator.result import ContextStatistics, SectionResult


def account(result: SectionResult, name: str) -> ContextStatistics:
    """Return the account of a unit's context `main`."""
    return next(c for c in result.contexts if c.name == f"{name}.main")


def check(
    context: ContextStatistics,
    last: int,
    *,
    starved: str | None = None,
    backpressured: str | None = None,
    memory: bool = False,
) -> None:
    """Check an account whose waits before `last`, its last start, all have the given cause."""
    waited = last - (context.firings - 1)
    assert context.busy == context.firings
    assert context.bank == 0
    assert context.starved == ({starved: waited} if starved and waited else {})
    assert context.backpressured == ({backpressured: waited} if backpressured and waited else {})
    assert context.memory == (waited if memory else 0)
    assert context.idle == context.lifetime - last - 1


@pytest.mark.parametrize("tokens", [2, 3, 10, 33, 20_000])
@pytest.mark.parametrize("depth", [1, 4])
def test_starved_and_held_up_by_one_slot(tokens: int, depth: int) -> None:
    """c = 1: the producer starts last at 2 n - 3, held up; the consumer at 2 n, starved.

    Token k leaves at 1 + 2 k and is popped a cycle later. A producer one deep starts firing k when
    token k - 1 has left, at 2 k - 1. The channel never holds more than its one token.
    """
    result = run([source("from", tokens), sink("to", tokens, depth)], [link("from", "to", 1)])
    check(account(result, "from"), 2 * tokens - 3, backpressured="y")
    check(account(result, "to"), 2 * tokens, starved="x")
    assert lifetime(result, "from") == 2 * tokens - 1
    assert result.channels[0].high_water == 1


@pytest.mark.parametrize("firings", [2, 3, 5, 8, 40])
@pytest.mark.parametrize("tokens", [2, 5, 12])
def test_around_a_slow_stage(tokens: int, firings: int) -> None:
    """A stage of m firings a token starves the next one, m (n - 1) - (n - 1) beyond the start.

    It starts first at 1 + l and gives token k at 1 + l + (k + 1) m - 1 + d. By itself it waits for
    its first token only. The producer, one deep before l + 1 slots, starts firing k when token
    k - 1 has left: at k up to k = 2, then at 1 + l + (k - 3) m + 1, a cycle after token k - 3 was
    popped.
    """
    depth = 3
    units = [source("from", tokens), relay("slow", tokens, depth, firings), sink("to", tokens)]
    result = run(units, [link("from", "slow"), link("slow", "to")])
    begin = 1 + DIRECT
    check(account(result, "slow"), begin + tokens * firings - 1, starved="x")
    check(account(result, "to"), begin + tokens * firings - 1 + depth + DIRECT, starved="x")
    last = tokens - 1
    if tokens > 3:
        last = begin + (last - 3) * firings + 1
    check(account(result, "from"), last, backpressured="y")


@pytest.mark.parametrize("credits", [1, 2, 4, 6, 7])
@pytest.mark.parametrize("depth", [1, 3])
def test_starved_of_credits(credits: int, depth: int) -> None:
    """A credit loop of V cycles: both ends are starved for what K < V credits leave open.

    The producer starts last at V floor((n - 1) / K') + (n - 1) mod K', K' = min(K, V), and the
    consumer d + l after it.
    """
    tokens = 21
    count = f"count i 0..{tokens * LANES} par {LANES}"
    units = [
        unit(
            "pcu from",
            count,
            "in credit : control @i",
            "out y : vector i32 @i",
            *stages(depth, "i"),
            f"y <- s{depth}",
        ),
        unit("pcu to", count, "in x : vector i32 @i", "out credit : control @i"),
    ]
    nets = [
        link("from", "to"),
        net("control", "to.main.credit", f"from.main.credit capacity {credits} init {credits}"),
    ]
    result = run(units, nets)
    turn = depth + 1 + 2 * DIRECT
    rounds, rest = divmod(tokens - 1, min(credits, turn))
    last = turn * rounds + rest
    check(account(result, "from"), last, starved="credit")
    check(account(result, "to"), last + depth + DIRECT, starved="x")


@pytest.mark.parametrize("outstanding", [1, 2, 4, 6, 7, 64])
@pytest.mark.parametrize("bursts", [1, 8, 30, 5000])
def test_waiting_for_memory(outstanding: int, bursts: int) -> None:
    """A load of P outstanding bursts waits for memory, from firing P on for answer k - P.

    Answer k is there at (S + L) floor(k / P) + (k mod P + 1) S + L, P S <= S + L, and firing k
    starts at k if k < P, else with answer k - P. The sink is starved until the last answer.
    """
    service, latency = 4, 20
    result = run(
        [
            unit(
                "ag from",
                f"count i 0..{bursts * LANES} par {LANES}",
                "out y : vector i32 @i",
                "load a[i] -> y",
            ),
            sink("to", bursts),
        ],
        [link("from", "to")],
        [f"a : i32[{bursts * LANES}] input"],
        {
            "ag.outstanding": outstanding,
            "dram.bytes_per_cycle": f"{BURST}/{service}",
            "dram.latency": latency,
        },
    )

    def answer(k: int) -> int:
        turns, rest = divmod(k, outstanding)
        if outstanding * service > service + latency:
            turns, rest = 0, k
        return turns * (service + latency) + (rest + 1) * service + latency

    last = bursts - 1
    check(
        account(result, "from"),
        last if last < outstanding else answer(last - outstanding),
        memory=True,
    )
    check(account(result, "to"), answer(last) + DIRECT, starved="x")
    assert result.tiers[0].loaded_bytes == bursts * BURST


@pytest.mark.parametrize("relays", [1, 2, 3, 6])
@pytest.mark.parametrize("tokens", [1, 7, 40, 3000])
def test_tokens_on_the_short_side(relays: int, tokens: int) -> None:
    """A short side of capacity D + 1 holds min(n, D + 1) tokens, D the length of the long side.

    A token is held from when it leaves until it is popped D later, and at that cycle the push
    counts before the pop. On the long side every channel holds min(n, l + 1).
    """
    long_way = DIRECT + relays * (2 + DIRECT)
    names = [f"u{i}" for i in range(relays)]
    units = [
        source("fork", tokens),
        *(relay(name, tokens, 2) for name in names),
        unit(
            "pcu join",
            f"count i 0..{tokens * LANES} par {LANES}",
            "in x : vector i32 @i",
            "in short : vector i32 @i",
            "s = addi x short",
        ),
    ]
    short = f"join.main.short capacity {long_way + 1}"
    nets = [net("vector", "fork.main.y", f"u0.main.x capacity {FULL_RATE}", short)]
    nets += [link(a, b) for a, b in zip(names, [*names[1:], "join"], strict=True)]
    result = run(units, nets)
    held = {c.name: c.high_water for c in result.channels}
    assert held.pop("fork.main.y -> join.main.short") == min(tokens, long_way + 1)
    assert set(held.values()) == {min(tokens, DIRECT + 1)}
    check(account(result, "join"), 1 + long_way + tokens - 1, starved="x")
    check(account(result, "fork"), tokens - 1)
