"""Read-modify-write, skewed layouts and line buffers."""

from __future__ import annotations

import numpy as np
import pytest
from traced import run

HISTOGRAM = """
pcu one {
  context main {
    out one : scalar i32 @pass
    x = addi 1 0
    one <- x
  }
}
ag load {
  context main {
    count i 0..KEYS par 4
    out key : vector i32 @i
    load keys[i] -> key
  }
}
pmu table {
  memory bins : i32 words 8
  context count {
    count i 0..KEYS par 4
    in key : vector i32 @i
    in one : scalar i32 @pass
    in free : control @pass
    out old : vector i32 @i
    out full : control @pass
    update bins[key] buffer @pass addi <- one -> old
  }
  context read {
    count i 0..8 par 4
    in full : control @pass
    out data : vector i32 @i
    out free : control @pass
    read bins[i] buffer @pass -> data
  }
}
ag store {
  context old {
    count i 0..KEYS par 4
    in old : vector i32 @i
    store old[i] <- old
  }
  context main {
    count i 0..8 par 4
    in data : vector i32 @i
    store counts[i] <- data
  }
}
net scalar one.main.one -> table.count.one capacity 1
net vector load.main.key -> table.count.key capacity 4
net vector table.count.old -> store.old.old capacity 4
net control table.count.full -> table.read.full capacity 1
net control table.read.free -> table.count.free capacity 1 init 1
net vector table.read.data -> store.main.data capacity 4
"""


@pytest.mark.parametrize(
    ("keys", "costs"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], [1, 1]),
        ([0, 4, 2, 3, 0, 4, 1, 5], [2, 2]),
        ([3, 3, 3, 3, 3, 3, 7, 7], [4, 4]),
        ([1, 1, 5, 0, 2, 6], [3, 2]),
    ],
)
def test_update_is_one_access_a_lane(keys: list[int], costs: list[int]) -> None:
    """Lanes come in order, each takes its bank for a cycle, equal addresses too.

    Keys arrive at 12 and 13, so the updates start at 12 and at 12 + the first one's cost. The old
    value of a lane is how often its key came before.
    """
    size = len(keys)
    tensors = f"keys : i32[{size}] input\n old : i32[{size}] output\n counts : i32[8] output"
    ran = run(HISTOGRAM.replace("KEYS", str(size)), tensors, {"keys": keys})
    assert ran.tensors["old"].tolist() == [keys[:i].count(k) for i, k in enumerate(keys)]
    assert ran.tensors["counts"].tolist() == [keys.count(k) for k in range(8)]
    starts = [12, 12 + costs[0]]
    assert [time for time, _ in ran.pushes["table.count.old"]] == [t + 2 for t in starts]
    assert ran.context("table.count").bank == sum(costs) - 2


TRANSPOSE = """
pcu data {
  context main {
    count i 0..16 par 4
    out x : vector i32 @i
    x <- i
  }
}
pmu tile {
  memory m : i32 words 16 SKEW
  context write {
    count i 0..4
    count j 0..4 par 4
    in x : vector i32 @i
    in free : control @pass
    out full : control @pass
    write m[4*i + j] buffer @pass <- x
  }
  context read {
    count j 0..4
    count i 0..4 par 4
    in full : control @pass
    out y : vector i32 @i
    out free : control @pass
    read m[4*i + j] buffer @pass -> y
  }
}
ag store {
  context main {
    count j 0..4
    count i 0..4 par 4
    in y : vector i32 @i
    store t[j, i] <- y
  }
}
net vector data.main.x -> tile.write.x capacity 2
net control tile.write.full -> tile.read.full capacity 1
net control tile.read.free -> tile.write.free capacity 1 init 1
net vector tile.read.y -> store.main.y capacity 4
"""


@pytest.mark.parametrize(("skew", "cost"), [("", 4), ("skew 4", 1), ("skew 8", 2), ("skew 2", 2)])
def test_skewed_layouts(skew: str, cost: int) -> None:
    """Columns of a 4 x 4 tile in four banks: all in one, or on the diagonal, or half of each.

    Addresses j, j + 4, j + 8, j + 12 lie in banks `a + a / skew`: with 4 these are j, j + 5,
    j + 10, j + 15, all different; with 8 j, j + 4, j + 9, j + 13: two in each of two. With 2 they
    are j, j + 6, j + 12, j + 18 and j / 2: two in each of two; the rows 4i + j cost more as well.
    """
    ran = run(TRANSPOSE.replace("SKEW", skew), "t : i32[4, 4] output")
    np.testing.assert_array_equal(ran.tensors["t"], np.arange(16).reshape(4, 4).T)
    assert ran.context("tile.read").bank == 4 * (cost - 1)


LINES = """
pcu data {
  context main {
    count i 0..6
    count j 0..4 par 4
    out row : vector i32 @j
    a = muli i 10
    b = addi a j
    row <- b
  }
}
pmu rows {
  memory m : i32 words 4 buffers 3
  context write {
    count i 0..6
    count j 0..4 par 4
    in row : vector i32 @j
    in free : control @i
    out full : control @i
    write m[j] buffer @i <- row
  }
  context read {
    count i 0..6
    count r 0..2
    count j 0..4 par 4
    in full : control @i
    out row : vector i32 @j
    out free : control @i
    read m[j] buffer @i back BACK -> row
  }
}
ag store {
  context main {
    count i 0..6
    count r 0..2
    count j 0..4 par 4
    in row : vector i32 @j
    store t[i, r, j] <- row
  }
}
net vector data.main.row -> rows.write.row capacity 2
net control rows.write.full -> rows.read.full capacity 3
net control rows.read.free -> rows.write.free capacity 3 init 2
net vector rows.read.row -> store.main.row capacity 4
"""


@pytest.mark.parametrize(("back", "rows"), [("r", [0, 1]), ("-r + 1", [1, 0])])
def test_a_line_buffer_reads_backwards(back: str, rows: list[int]) -> None:
    """Line i and the one before, from three buffers of which two are free at first.

    Before line 0 there are zeros, those of the last buffer.
    """
    ran = run(LINES.replace("BACK", back), "t : i32[6, 2, 4] output")
    lines = 10 * np.arange(6)[:, None] + np.arange(4)
    before = np.vstack([np.zeros((1, 4), int), lines[:-1]])
    np.testing.assert_array_equal(ran.tensors["t"], np.stack([lines, before], 1)[:, rows])
