"""Contexts that write and store streams, for the rules of streams."""

from __future__ import annotations

from rules import ag, load, pcu

HOP = 2
"""Cycles from a firing of a PCU of one stage to one of its consumer."""

RAGGED = [[3], [0], [2, 1], [0, 2], [1, 0, 0, 2], [2, 0], [0, 0], [1, 1, 1, 0]]


def writer(rows: int) -> list[str]:
    """Return a PCU that writes the counts 0, 1, ... of rows whose lengths are loaded from `n`."""
    return [
        load("n", "n", rows, "i32"),
        pcu(
            "writer",
            f"""count i 0..{rows}
            count j 0..n
            in n : scalar i32 @i
            out x : stream scalar i32 @j
            v = addi j 1
            x <- v""",
        ),
    ]


def written(lengths: list[int]) -> tuple[int, int]:
    """Return how often the writer fires, and the number of the firing of its last value.

    A row takes max(length, 1) firings and one for its stop; done takes the last.
    """
    firings, last = 0, -1
    for n in lengths:
        last = firings + n - 1 if n else last
        firings += max(n, 1) + 1
    return firings + 1, last


def matrix(name: str, shape: tuple[int, int], dtype: str = "f32") -> str:
    """Return an AG that loads a tensor as a stream of its words, a fiber for each row."""
    rows, columns = shape
    return ag(
        name,
        f"""count i 0..{rows}
        count j 0..{columns}
        out x : stream scalar {dtype} @j
        load {name}[i, j] -> x""",
    )


def store_rows(tensor: str, dtype: str) -> str:
    """Return an AG that stores value j of fiber i at [i, j]."""
    return ag(
        tensor,
        f"""count i until x
        count j until x
        in x : stream scalar {dtype} @j
        store {tensor}[i, j] <- x""",
    )


def store_fiber(tensor: str, dtype: str) -> str:
    """Return an AG that stores value i of one fiber at [i]."""
    return ag(
        tensor,
        f"count i until x\nin x : stream scalar {dtype} @i\nstore {tensor}[i] <- x",
    )
