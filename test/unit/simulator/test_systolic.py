"""Systolic arrays: outer products, drains, tiles in flight."""

from __future__ import annotations

import numpy as np
import pytest
from traced import run

ARRAY = {"systolic.rows": 4, "systolic.columns": 3, "systolic.output_lanes": 8, "pcu.lanes": 8}
"""Twelve elements drain as two vectors, one of eight and one of four lanes."""

HALVES = (slice(0, 8), slice(8, 12))

BODY = """
pcu a {
  context main {
    count t 0..TILES
    count k 0..DEPTH
    count i 0..4 par 8
    out a : vector f32 @i
    x = addi k i
    y = muli t 3
    z = addi x y
    v = sitofp z
    a <- v
  }
}
pcu b {
  context main {
    count t 0..TILES
    count k 0..DEPTH
    count i 0..COLUMNS par 8
    out b : vector f32 @i
    x = muli k i
    y = addi x 1
    z = subi y t
    v = sitofp z
    b <- v
  }
}
pcu array {
  context main {
    count t 0..TILES
    count k 0..DEPTH
    in a : vector f32 @k
    in b : vector f32 @k
    out c : vector f32 @t
    s = systolic a b over k
    r = addf s 1.0
    c <- r
  }
}
pcu sink {
  context main {
    repeat forever
    in c : vector f32 @pass
  }
}
net vector a.main.a -> array.main.a capacity 2
net vector b.main.b -> array.main.b capacity 2
net vector array.main.c -> sink.main.c capacity 2
"""


def body(tiles: int, depth: int, columns: int = 3) -> str:
    """Return the section of so many tiles of so many outer products."""
    text = BODY.replace("TILES", str(tiles)).replace("DEPTH", str(depth))
    return text.replace("COLUMNS", str(columns))


def tile(t: int, depth: int) -> np.ndarray:
    """Return the elements of a tile, row-major."""
    k = np.arange(depth)[:, None]
    a = k + np.arange(4) + 3 * t
    b = k * np.arange(3) + 1 - t
    return (a.T @ b + 1).reshape(-1)


@pytest.mark.parametrize("tiles", [1, 2])
@pytest.mark.parametrize("depth", [1, 2, 3, 7, 12])
def test_drain_and_tiles_in_flight(depth: int, tiles: int) -> None:
    """Outer products start at 5, when the four-stage sources' first vectors arrive, one a cycle.

    A tile of K ends K - 1 cycles after its first firing, is ready d = 4 + 3 - 1 + 1 cycles later
    and leaves in two vectors, each no sooner than a cycle after the one before; it retires with
    the second. The first firing of tile T follows the last of T - 1, and waits for the retirement
    of tile T - B. With K = 1 and two tiles in flight the channel is the limit: what waits is pushed
    back; else the waits are those for a tile that drains.
    """
    d, count = 7, 4
    ran = run(body(count, depth), overrides=ARRAY | {"systolic.tiles": tiles}, machine="lab")
    starts, left, retired = [], [0], []
    for t in range(count):
        room = retired[t - tiles] if t >= tiles else 0
        starts.append(max(starts[t - 1] + depth if t else 5, room))
        ready = starts[t] + depth - 1 + d
        for vector in range(2):
            left.append(max(ready + vector, left[-1] + 1))
        retired.append(left[-1])
    values = [tile(t, depth)[half].tolist() for t in range(count) for half in HALVES]
    assert ran.pushes["array.main.c"] == list(zip(left[1:], values, strict=True))
    account = ran.context("array.main")
    waits = sum(start - starts[t - 1] - depth for t, start in enumerate(starts) if t)
    pushed_back = sum(account.backpressured.values())
    assert account.firings == count * depth
    assert (account.busy + pushed_back, account.starved) == (count * depth + waits, {"a": 5})
    assert pushed_back == 0 or (depth, tiles) == (1, 2)
    assert account.lifetime == retired[-1]


def test_elements_that_take_no_part_are_masked() -> None:
    """b has two live lanes: of each row of three elements the last one is never summed up."""
    ran = run(body(1, 2, columns=2), overrides=ARRAY, machine="lab")
    values = tile(0, 2).reshape(4, 3)[:, :2].reshape(-1).tolist()
    assert ran.values("array.main.c") == [values[:6], values[6:]]


def test_a_tile_waits_for_room() -> None:
    """A consumer that takes a vector in ten cycles holds the tiles up: back-pressure on c."""
    slow = body(4, 4).replace(
        "repeat forever\n    in c : vector f32 @pass",
        "count i 0..8\n count j 0..10\n in c : vector f32 @i",
    )
    ran = run(slow, overrides=ARRAY | {"systolic.tiles": 1}, machine="lab")
    account = ran.context("array.main")
    # The first vector is popped at 5 + 3 + 7 + 1 = 16, the others ten cycles apart.
    assert ran.context("sink.main").lifetime == 16 + 80
    assert account.backpressured["c"] > 0


def test_a_tile_of_nothing() -> None:
    """Without trips a tile is one empty firing, none of its elements is live."""
    text = body(2, 2).replace(
        "count k 0..2\n    in a", "count k 0..n\n    in n : scalar i32 @t\n in a"
    )
    text = text.replace(
        "count t 0..2\n    count k 0..2\n    count i", "count t 1..2\n count k 0..2\n count i"
    )
    text += """
    pcu bound {
      context main {
        count t 0..2
        out n : scalar i32 @t
        x = muli t 2
        n <- x
      }
    }
    net scalar bound.main.n -> array.main.n capacity 2
    """
    ran = run(text, overrides=ARRAY, machine="lab")
    values = tile(1, 2).tolist()
    assert ran.values("array.main.c") == [[], [], values[:8], values[8:]]
    assert ran.context("array.main").firings == 3
