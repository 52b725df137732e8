"""Gathers, scatters and address streams; indices out of range."""

from __future__ import annotations

import numpy as np
import pytest
from traced import run

from rdu.simulator.result import Fault

GATHER = """
ag load {
  context keys {
    count i 0..8 par 4
    out key : vector i32 @i
    load keys[i] -> key
  }
  context gather {
    count i 0..8 par 4
    in key : vector i32 @i
    out x : vector i32 @i
    load table[key, 2*key] -> x
  }
  context scatter {
    count i 0..8 par 4
    in key : vector i32 @i
    in x : vector i32 @i
    store result[key] <- x
  }
}
net vector load.keys.key -> load.gather.key capacity 4, load.scatter.key capacity 4
net vector load.gather.x -> load.scatter.x capacity 4
"""
TENSORS = """
keys : i32[8] input
table : i32[8, 16] input
result : i32[8] output
"""


def test_gather_and_scatter() -> None:
    """Rows of 16 words are four bursts each, so every distinct key is a burst of its own.

    Keys 3, 3, 0, 7 ask for the bursts of 3, 0, 7: the keys load at 0 and 1, answer at 11 and 12 and
    arrive at 12 and 13. The gathers at 12 take their three bursts until 15 and answer 10 later, at
    25; those of 1, 0, 1, 2 at 13 until 18, at 28. Of equal keys the last lane's store stays.
    """
    table = np.arange(128).reshape(8, 16)
    keys = [3, 3, 0, 7, 1, 0, 1, 2]
    ran = run(GATHER, TENSORS, {"keys": keys, "table": table})
    expected = [[int(table[k, 2 * k]) for k in keys[i : i + 4]] for i in (0, 4)]
    assert ran.pushes["load.gather.x"] == [(25, expected[0]), (28, expected[1])]
    result = np.zeros(8, int)
    result[keys] = table[keys, 2 * np.array(keys)]
    np.testing.assert_array_equal(ran.tensors["result"], result)


@pytest.mark.parametrize(
    ("key", "position", "value", "extent"), [(8, 0, 8, 8), (-1, 0, -1, 8), (7, 1, 16, 16)]
)
def test_an_index_out_of_range_is_a_fault(key: int, position: int, value: int, extent: int) -> None:
    """The keys of the second firing arrive at 13: nothing of it is done, nor of what comes later.

    Of several bad lanes the first is reported, of several bad indices the first.
    """
    keys = [0, 0, 0, 0, 0, 0, key, -5 if position == 0 else 7]
    body = GATHER.replace("2*key", "2*key + 2")
    ran = run(body, TENSORS, {"keys": keys, "table": np.zeros((8, 16))})
    assert ran.outcome == Fault(13, 1, "index", position, value, extent)
    assert "load.gather.x" not in ran.pushes  # from 25 on


def test_masked_lanes_are_not_checked() -> None:
    """The last two lanes are beyond the end of the chain, whatever keys they have."""
    body = GATHER.replace("0..8", "0..6")
    keys = [0, 1, 2, 3, 4, 5, 99, 99]
    body = body.replace("count i 0..6 par 4\n    out key", "count i 0..8 par 4\n    out key")
    ran = run(body, TENSORS, {"keys": keys, "table": np.ones((8, 16))})
    assert ran.tensors["result"].tolist() == [1] * 6 + [0] * 2


def test_the_earliest_fault_is_reported() -> None:
    """Keys that fault in both contexts: the gather's comes first, at 12; the scatter starves."""
    ran = run(GATHER, TENSORS, {"keys": [9] * 8, "table": np.zeros((8, 16))})
    assert ran.outcome == Fault(12, 1, "index", 0, 9, 8)


def test_an_index_over_a_loop_of_data_is_checked() -> None:
    """The bound 5 leads beyond the four words; the fifth load would start at 2 + 4."""
    body = """
    pcu bounds {
      context main {
        out n : scalar i32 @pass
        a = addi 5 0
        n <- a
      }
    }
    ag load {
      context main {
        count j 0..n
        in n : scalar i32 @pass
        out x : scalar i32 @j
        load a[j] -> x
      }
      context main2 {
        repeat forever
        in x : scalar i32 @pass
        store b[0] <- x
      }
    }
    net scalar bounds.main.n -> load.main.n capacity 1
    net scalar load.main.x -> load.main2.x capacity 2
    """
    ran = run(body, "a : i32[4] input\n b : i32[1] output", {"a": [0] * 4})
    assert ran.outcome == Fault(6, 1, "index", 0, 4, 4)


def test_addresses_of_a_scratchpad() -> None:
    """Words 10 x i are written in order and read at 5 - i and at 2 x i: a word each lane.

    Four banks. Addresses 5, 4, 3, 2 lie in four; 0, 2, 4, 6 in two banks, two words each: the
    second read costs 2. The data arrives at 2 and 3, is written then, and full leaves at 5: the
    reads start at 6 and 7.
    """
    body = """
    pcu addresses {
      context main {
        count k 0..2
        count i 0..4 par 4
        out a : vector i32 @i
        first = cmpi.eq k 0
        up = muli i 2
        down = subi 5 i
        chosen = select first down up
        a <- chosen
      }
      context data {
        count i 0..8 par 4
        out x : vector i32 @i
        v = muli i 10
        x <- v
      }
    }
    pmu words {
      memory m : i32 words 8
      context write {
        count i 0..8 par 4
        in x : vector i32 @i
        in free : control @pass
        out full : control @pass
        write m[i] buffer @pass <- x
      }
      context read {
        count k 0..2
        count i 0..4 par 4
        in full : control @pass
        in a : vector i32 @i
        out y : vector i32 @i
        out free : control @pass
        read m[a] buffer @pass -> y
      }
    }
    ag store {
      context main {
        count i 0..8 par 4
        in y : vector i32 @i
        store b[i] <- y
      }
    }
    net vector addresses.data.x -> words.write.x capacity 2
    net vector addresses.main.a -> words.read.a capacity 2
    net control words.write.full -> words.read.full capacity 1
    net control words.read.free -> words.write.free capacity 1 init 1
    net vector words.read.y -> store.main.y capacity 2
    """
    ran = run(body, "b : i32[8] output")
    assert ran.tensors["b"].tolist() == [50, 40, 30, 20, 0, 20, 40, 60]
    assert [time for time, _ in ran.pushes["words.read.y"]] == [8, 9]
    assert ran.context("words.read").bank == 1
