"""Counter chains: how many firings they are, and the levels at which tokens move."""

from __future__ import annotations

import math

import pytest
from micro import DIRECT, FULL_RATE, LANES, lifetime, net, run, sink, source, stages, unit


@pytest.mark.parametrize(
    ("counters", "firings"),
    [
        (("0..1",), 1),
        (("0..7", "0..5", "0..3"), 105),
        (("-4..5 step 2", "0..3"), 15),
        (("3..30 par 16", "0..4"), 8),
        (("0..65 step 4 par 4", "1..3", "0..1"), 10),
        (("0..2", "0..3", "0..100 step 3 par 8"), 30),
    ],
)
@pytest.mark.parametrize("passes", [1, 3])
def test_nested_counters(counters: tuple[str, ...], firings: int, passes: int) -> None:
    """A chain fires the product of its trips, `repeat` times over, once a cycle: r N - 1 + d.

    A counter takes ceil((stop - start) / (step x par)) values; nothing is lost between iterations.
    """
    depth = 4
    chain = [f"count c{i} {c}" for i, c in enumerate(counters)]
    lines = [f"repeat {passes}", *chain, *stages(depth, "c0")]
    result = run([unit("pcu alone", *lines)], [])
    assert result.cycles == passes * firings - 1 + depth
    assert result.contexts[0].firings == passes * firings


@pytest.mark.parametrize(
    ("tokens", "firings", "depth"), [(1, 1, 1), (1, 9, 2), (12, 1, 3), (12, 4, 3), (5, 20, 6)]
)
def test_push_at_an_outer_level(tokens: int, firings: int, depth: int) -> None:
    """A token pushed at the last of m firings: n m - 1 + d + l + 1.

    Token k leaves at (k + 1) m - 1 + d; the consumer, which needs it alone, starts l later.
    """
    pusher = unit(
        "pcu from",
        f"count i 0..{tokens}",
        f"count j 0..{firings}",
        "out y : scalar i32 @i",
        *stages(depth, "j"),
        f"y <- s{depth}",
    )
    taker = unit("pcu to", f"count i 0..{tokens}", "in x : scalar i32 @i", *stages(1, "x"))
    result = run([pusher, taker], [net("scalar", "from.main.y", "to.main.x capacity 2")])
    assert result.cycles == tokens * firings - 1 + depth + DIRECT + 1


@pytest.mark.parametrize("capacity", [1, 2, 8])
@pytest.mark.parametrize(("tokens", "firings"), [(1, 1), (1, 9), (12, 2), (12, 5), (5, 20)])
def test_pop_at_an_outer_level(tokens: int, firings: int, capacity: int) -> None:
    """A token held for m firings: 1 + l + n m - 1 + d, as long as c m >= l + 1.

    The consumer takes token k at 1 + l + k m if its firings follow one another. The slot that it
    frees then is there for token k + c, which arrives l + 1 later: in time if that is c m at most.
    The producer is held up then, and its last token is there when it is needed all the same.
    """
    depth = 3
    if capacity * firings < FULL_RATE:
        capacity = FULL_RATE
    pusher = unit("pcu from", f"count i 0..{tokens}", "out y : scalar i32 @i", "y <- i")
    taker = unit(
        "pcu to",
        f"count i 0..{tokens}",
        f"count j 0..{firings}",
        "in x : scalar i32 @i",
        *stages(depth, "x"),
    )
    result = run([pusher, taker], [net("scalar", "from.main.y", f"to.main.x capacity {capacity}")])
    assert result.cycles == 1 + DIRECT + tokens * firings - 1 + depth


@pytest.mark.parametrize(
    ("rows", "columns", "reuse"), [(1, 1, 1), (2, 3, 1), (4, 1, 6), (3, 5, 2), (2, 2, 30)]
)
def test_broadcast_at_two_levels(rows: int, columns: int, reuse: int) -> None:
    """A scalar held for a row and a vector held for `reuse` firings: 1 + l + N - 1 + 1.

    Both first tokens are there at 1 + l. Neither stream is asked for more than a token a cycle, so
    the N = rows x columns x reuse firings follow one another.
    """
    taker = unit(
        "pcu to",
        f"count r 0..{rows}",
        f"count c 0..{columns * LANES} par {LANES}",
        f"count u 0..{reuse}",
        "in row : scalar i32 @r",
        "in x : vector i32 @c",
        "s1 = addi row x",
    )
    units = [
        unit("pcu scalars", f"count r 0..{rows}", "out y : scalar i32 @r", "y <- r"),
        source("vectors", rows * columns),
        taker,
    ]
    nets = [
        net("scalar", "scalars.main.y", f"to.main.row capacity {FULL_RATE}"),
        net("vector", "vectors.main.y", f"to.main.x capacity {FULL_RATE}"),
    ]
    assert run(units, nets).cycles == 1 + DIRECT + rows * columns * reuse - 1 + 1


@pytest.mark.parametrize(
    ("passes", "tokens", "firings"), [(1, 4, 1), (2, 1, 1), (3, 5, 1), (2, 6, 3), (7, 2, 2)]
)
def test_repeated_passes(passes: int, tokens: int, firings: int) -> None:
    """A token each pass and one each iteration: 1 + l + r n m - 1 + 1 for a consumer of r passes.

    Level 0 is the pass: the consumer takes `first` once for n m firings, `x` once for m.
    """
    taker = unit(
        "pcu to",
        f"repeat {passes}",
        f"count i 0..{tokens * LANES} par {LANES}",
        f"count j 0..{firings}",
        "in first : control @pass",
        "in x : vector i32 @i",
        "s1 = addi x 1",
    )
    units = [
        unit("pcu starts", f"count i 0..{passes}", "out y : control @i"),
        source("vectors", passes * tokens),
        taker,
    ]
    nets = [
        net("control", "starts.main.y", f"to.main.first capacity {FULL_RATE}"),
        net("vector", "vectors.main.y", f"to.main.x capacity {FULL_RATE}"),
    ]
    assert run(units, nets).cycles == 1 + DIRECT + passes * tokens * firings - 1 + 1


@pytest.mark.parametrize("elements", [1, 15, 16, 17, 33, 160])
@pytest.mark.parametrize("par", [16, 5])
def test_masked_tail(elements: int, par: int) -> None:
    """n elements on p lanes: ceil(n / p) firings, whatever the last mask: 1 + l + firings - 1 + d.

    Tokens carry their mask, so the consumer's chain may have other lanes than the producer's.
    """
    firings, depth = math.ceil(elements / par), 2
    start = unit("pcu from", f"count i 0..{elements} par {par}", "out y : vector i32 @i", "y <- i")
    result = run(
        [start, sink("to", firings, depth)],
        [net("vector", "from.main.y", f"to.main.x capacity {FULL_RATE}")],
    )
    assert result.cycles == 1 + DIRECT + firings - 1 + depth
    assert lifetime(result, "from") == firings
