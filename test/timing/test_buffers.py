"""Buffers of a PMU: how many of them let a producer and its consumers work at the same time.

A writer takes Ww firings to fill a buffer and a reader Wr to use it, at one a cycle; both are D
deep. For tile j the writer starts at A(j) and gives `full` D after its last firing, so a reader
starts at B(j) >= A(j) + a, with a = Ww - 1 + D + l. It gives `free` D after its last firing, so the
writer starts at A(j) >= B(j - N) + b, with b = Wr - 1 + D + l and N buffers. Both also follow
themselves: A(j) >= A(j - 1) + Ww and B(j) >= B(j - 1) + Wr.

B(T - 1) is the longest way from A(0) to it. A way that goes back q times, each time over N tiles,
takes q + 1 times a, q times b, and T - 1 - q N steps to the next tile, at the slower of the two
contexts. That is linear in q, so with M = max(Ww, Wr) and Q = floor((T - 1) / N)

    B(T - 1) = A(0) + a + max((T - 1) M, Q (a + b) + (T - 1 - Q N) M).

Both work all the time when N M >= a + b.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from micro import DIRECT, FULL_RATE, LANES, block, link, net, run, sink, source

START = 1 + DIRECT
"""When the writer's first data is there."""


def buffered(
    tiles: int, buffers: int, writes: int, reads: Sequence[int], depth: int
) -> tuple[list[str], list[str], dict[str, int | str]]:
    """Return a program: a source, a memory with a reader for each of `reads`, their sinks."""
    words = max(writes, *reads) * LANES
    names = [f"r{i}" for i in range(len(reads))]
    write = block(
        "context main",
        f"count t 0..{tiles}",
        f"count i 0..{writes * LANES} par {LANES}",
        "in x : vector i32 @i",
        *(f"in free_{name} : control @t" for name in names),
        "out full : control @t",
        "write m[i] buffer @t <- x",
    )
    readers = [
        block(
            f"context {name}",
            f"count t 0..{tiles}",
            f"count i 0..{n * LANES} par {LANES}",
            "in full : control @t",
            "out y : vector i32 @i",
            "out free : control @t",
            "read m[i] buffer @t -> y",
        )
        for name, n in zip(names, reads, strict=True)
    ]
    memory = block("pmu mem", f"memory m : i32 words {words} buffers {buffers}", write, *readers)
    sinks = [sink(f"to_{name}", tiles * n) for name, n in zip(names, reads, strict=True)]
    nets = [
        link("from", "mem"),
        net("control", "mem.main.full", *(f"mem.{r}.full capacity {buffers}" for r in names)),
    ]
    for r in names:
        credit = f"mem.main.free_{r} capacity {buffers} init {buffers}"
        nets.append(net("control", f"mem.{r}.free", credit))
        nets.append(net("vector", f"mem.{r}.y", f"to_{r}.main.x capacity {FULL_RATE}"))
    return [source("from", tiles * writes), memory, *sinks], nets, {"pmu.depth": depth}


def last_tile(tiles: int, buffers: int, writes: int, reads: int, depth: int) -> int:
    """Return B(T - 1)."""
    filled = writes - 1 + depth + DIRECT
    freed = reads - 1 + depth + DIRECT
    slower, turns = max(writes, reads), (tiles - 1) // buffers
    back = turns * (filled + freed) + (tiles - 1 - turns * buffers) * slower
    return START + filled + max((tiles - 1) * slower, back)


@pytest.mark.parametrize("buffers", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("tiles", "writes", "reads", "depth"),
    [(1, 5, 5, 4), (2, 3, 9, 4), (9, 1, 1, 1), (9, 1, 1, 4), (8, 16, 16, 4), (7, 4, 20, 2),
     (11, 6, 2, 7), (3001, 2, 3, 4)],
)  # fmt: skip
def test_buffer_depth(tiles: int, buffers: int, writes: int, reads: int, depth: int) -> None:
    """B(T - 1), then Wr - 1 more firings, and D + l + 1 until the sink has retired the last word.

    One buffer serialises: T a + (T - 1) b. With 16 firings a tile and D = 4 two buffers give
    Q = 3 turns of a + b = 40 for 32 firings, three run at the full rate.
    """
    units, nets, overrides = buffered(tiles, buffers, writes, [reads], depth)
    result = run(units, nets, (), overrides)
    last = last_tile(tiles, buffers, writes, reads, depth)
    assert result.cycles == last + reads - 1 + depth + DIRECT + 1
    if buffers == 1:
        both = writes + reads - 2 + 2 * (depth + DIRECT)
        assert last == START + tiles * both - (reads - 1 + depth + DIRECT)


@pytest.mark.parametrize("buffers", [1, 2, 3])
@pytest.mark.parametrize("reads", [(4, 4), (1, 9), (9, 1), (5, 6, 7), (3, 3, 3, 12)])
def test_readers_of_one_buffer(buffers: int, reads: tuple[int, ...]) -> None:
    """Several readers cost what the slowest costs alone.

    The writer waits for a `free` from each, A(j) >= B(r, j - N) + b(r): any way through another
    reader is no longer than the same way through the slowest, whose b and Wr are the largest.
    """
    tiles, writes, depth = 6, 5, 3
    units, nets, overrides = buffered(tiles, buffers, writes, reads, depth)
    slowest = max(reads)
    last = last_tile(tiles, buffers, writes, slowest, depth)
    assert run(units, nets, (), overrides).cycles == last + slowest - 1 + depth + DIRECT + 1


@pytest.mark.parametrize("tiles", [1, 2, 3, 7, 20])
@pytest.mark.parametrize("memories", [1, 2, 4])
def test_chain_of_buffers(tiles: int, memories: int) -> None:
    """s memories in a row, two buffers each of w firings: (1 + l) + s (w - 1 + 2 (D + l)) + T w.

    With N w >= a + b = 2 (w - 1 + D + l) no buffer holds anyone up, which for N = 2 needs
    D + l <= 1; so N = 3 here, and w >= 2 (D + l) - 2. A tile is passed on when it is whole: each
    memory delays the stream by a and by the reader's D + l, and the last tile's w words then leave
    one a cycle for the sink, which retires each a cycle after its arrival.
    """
    firings, depth, buffers = 8, 4, 3
    names = [f"m{i}" for i in range(memories)]
    (start, memory, end), nets, overrides = buffered(tiles, buffers, firings, [firings], depth)
    pmus = [memory.replace("pmu mem", f"pmu {name}") for name in names]
    controls = [text.replace("mem", name) for name in names for text in nets[1:3]]
    nets = [link("from", names[0]), *controls]
    for here, there in zip(names, [*names[1:], "to_r0"], strict=True):
        nets.append(net("vector", f"{here}.r0.y", f"{there}.main.x capacity {FULL_RATE}"))
    result = run([start, *pmus, end], nets, (), overrides)
    each = firings - 1 + 2 * (depth + DIRECT)
    assert result.cycles == START + memories * each + tiles * firings - 1 + 1


@pytest.mark.parametrize(
    ("tiles", "reuse", "firings"), [(1, 1, 1), (1, 6, 3), (4, 2, 5), (3, 10, 2), (5, 1, 9)]
)
def test_reuse_of_a_buffer(tiles: int, reuse: int, firings: int) -> None:
    """A buffer read u times over: Wr = u w firings for Ww = w, by a counter inside the tile."""
    depth, buffers = 4, 2
    units, nets, overrides = buffered(tiles, buffers, firings, [firings * reuse], depth)
    again = f"count u 0..{reuse}\ncount i 0..{firings * LANES} par {LANES}"
    units[1] = units[1].replace(f"count i 0..{firings * reuse * LANES} par {LANES}", again)
    last = last_tile(tiles, buffers, firings, firings * reuse, depth)
    result = run(units, nets, (), overrides)
    assert result.cycles == last + firings * reuse - 1 + depth + DIRECT + 1
