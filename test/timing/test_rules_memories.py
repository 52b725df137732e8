"""Scratchpads and tiers addressed by data, windows, layouts and arrays, in closed form.

A PMU pushes two cycles after it fires and its token arrives one later: `HOP`.
"""

from __future__ import annotations

from collections import Counter
from math import gcd

import numpy as np
import pytest
from rules import FIRST, LANES, RESPONSE, ag, run

F32, I32 = np.float32, np.int32
HOP = 3
"""Cycles from a firing of a PMU to one of its consumer."""

KEYS = [
    [[0, 1, 2, 3]],
    [[5, 5, 5, 5], [0, 4, 8, 12]],
    [[7, 3, 7, 2], [1, 1, 2, 2], [9, 13, 9, 13]],
    [[0, 0, 4, 1], [6, 6, 6, 6], [15, 14, 13, 12], [2, 2, 2, 6]],
    [[3, 3, 3, 3], [3, 3, 3, 3], [0, 1, 2, 3]],
]
"""Four keys below 16 a firing; key k is in bank k mod 4."""


def keys_of(rows: int) -> str:
    """Return an AG that loads a vector of keys a firing."""
    return ag(
        "key",
        f"""count i 0..{rows}
        count j 0..{LANES} par {LANES}
        out x : vector i32 @j
        load key[i, j] -> x""",
    )


@pytest.mark.parametrize("keys", KEYS)
def test_a_histogram_costs_what_its_fullest_bank_has_lanes(keys: list[list[int]]) -> None:
    """Equal keys count each: the next firing waits for the most lanes on one bank.

    The reader has ownership a hop after the last firing, reads 4 vectors, and each goes on to a
    store. The values as they were before come out lane after lane.
    """
    costs = [max(Counter(k % 4 for k in row).values()) for row in keys]
    rows = len(keys)
    ran = run(
        [
            keys_of(rows),
            f"""pmu bins {{
              memory m : i32 words 16
              context count {{
                count i 0..{rows}
                count j 0..4 par 4
                in key : vector i32 @j
                in by : vector i32 @j
                in free : control @pass
                out full : control @pass
                out old : vector i32 @j
                update m[key] buffer @pass addi <- by -> old
              }}
              context read {{
                count j 0..16 par 4
                in full : control @pass
                out x : vector i32 @j
                out free : control @pass
                read m[j] buffer @pass -> x
              }}
            }}""",
            ag("y", "count j 0..16 par 4\nin x : vector i32 @j\nstore y[j] <- x"),
            ag(
                "old",
                f"""count i 0..{rows}
                count j 0..4 par 4
                in x : vector i32 @j
                store old[i, j] <- x""",
            ),
        ],
        """vector key.x -> bins.count.key, bins.count.by
        control bins.count.full -> bins.read.full
        control bins.read.free -> bins.count.free capacity 1 init 1
        vector bins.count.old -> old.x
        vector bins.read.x -> y.x""",
        {"key": np.array(keys, I32)},
        f"y : i32[16]\nold : i32[{rows}, 4]",
    )
    sums: Counter[int] = Counter()
    before = []
    for key in np.array(keys).reshape(-1).tolist():
        before.append(sums[key])
        sums[key] += key
    assert ran.outputs["old"].reshape(-1).tolist() == before
    assert ran.outputs["y"].tolist() == [sums[k] for k in range(16)]
    last = FIRST + sum(costs[:-1])
    assert ran.context("bins.count").bank == sum(costs) - rows
    assert ran.cycles == last + HOP + 3 + HOP + RESPONSE


@pytest.mark.parametrize("keys", KEYS)
def test_a_lookup_costs_distinct_addresses(keys: list[list[int]]) -> None:
    """Equal addresses of a read are one access. The table is there a hop after its 4th vector."""
    costs = [max(Counter(k % 4 for k in set(row)).values()) for row in keys]
    rows = len(keys)
    ran = run(
        [
            keys_of(rows),
            ag("t", "count j 0..16 par 4\nout x : vector f32 @j\nload t[j] -> x"),
            f"""pmu table {{
              memory m : f32 words 16
              context write {{
                count j 0..16 par 4
                in x : vector f32 @j
                in free : control @pass
                out full : control @pass
                write m[j] buffer @pass <- x
              }}
              context read {{
                count i 0..{rows}
                count j 0..4 par 4
                in key : vector i32 @j
                in full : control @pass
                out x : vector f32 @j
                out free : control @pass
                read m[15 - key] buffer @pass -> x
              }}
            }}""",
            ag(
                "y",
                f"""count i 0..{rows}
                count j 0..4 par 4
                in x : vector f32 @j
                store y[i, j] <- x""",
            ),
        ],
        """vector key.x -> table.read.key
        vector t.x -> table.write.x
        control table.write.full -> table.read.full
        control table.read.free -> table.write.free capacity 1 init 1
        vector table.read.x -> y.x""",
        {"key": np.array(keys, I32), "t": np.arange(16, dtype=F32) / 4},
        f"y : f32[{rows}, 4]",
    )
    assert ran.outputs["y"].tolist() == [[(15 - k) / 4 for k in row] for row in keys]
    first = FIRST + 3 + HOP
    assert ran.cycles == first + sum(costs[:-1]) + HOP + RESPONSE


@pytest.mark.parametrize("touched", [1, 2, 4])
@pytest.mark.parametrize("limit", [2, 3, 4])
@pytest.mark.parametrize("firings", [1, 4, 7])
def test_a_gather_waits_for_room_for_its_bursts(touched: int, limit: int, firings: int) -> None:
    """w distinct bursts a firing, at most O in flight: max(O / w, 1) firings in RESPONSE cycles.

    One that weighs more than O goes alone. Lane l takes a word of burst l mod w; what several
    lanes take of one burst is one request.
    """
    key = np.array(
        [[4 * (lane % touched) + (lane + f) % 4 for lane in range(4)] for f in range(firings)], I32
    )
    ran = run(
        [
            keys_of(firings),
            ag(
                "t",
                f"""count i 0..{firings}
                count j 0..4 par 4
                in key : vector i32 @j
                out x : vector f32 @j
                load t[key] -> x""",
            ),
            ag(
                "y",
                f"""count i 0..{firings}
                count j 0..4 par 4
                in x : vector f32 @j
                store y[i, j] <- x""",
            ),
        ],
        "vector key.x -> t.key\nvector t.x -> y.x",
        {"key": key, "t": np.arange(16, dtype=F32)},
        f"y : f32[{firings}, 4]",
        {"ag.outstanding": limit},
    )
    assert ran.outputs["y"].tolist() == key.tolist()
    together = max(limit // touched, 1)
    last = FIRST + RESPONSE * ((firings - 1) // together) + (firings - 1) % together
    assert ran.cycles == last + RESPONSE + 1 + RESPONSE
    assert ran.result.tiers[0].bursts == firings * (touched + 2)


def test_the_last_of_equal_addresses_stays() -> None:
    """In a scatter, of lanes that store one word the last, and of firings the later.

    Two firings of two vectors each: 12 and 13, done RESPONSE later.
    """
    ran = run(
        [
            keys_of(2),
            ag("v", "count i 0..2\ncount j 0..4 par 4\nout x : vector f32 @j\nload v[i, j] -> x"),
            ag(
                "y",
                """count i 0..2
                count j 0..4 par 4
                in key : vector i32 @j
                in x : vector f32 @j
                store y[2*key + 1] <- x""",
            ),
        ],
        "vector key.x -> y.key\nvector v.x -> y.x",
        {
            "key": np.array([[1, 1, 0, 1], [2, 0, 2, 3]], I32),
            "v": np.arange(1, 9, dtype=F32).reshape(2, 4),
        },
        "y : f32[8]",
    )
    assert ran.outputs["y"].tolist() == [0, 6, 0, 4, 0, 7, 0, 8]
    assert ran.cycles == FIRST + 1 + RESPONSE


@pytest.mark.parametrize("width", [1, 3, 4, 5, 7, 8])
@pytest.mark.parametrize("skewed", [False, True])
def test_columns_of_a_tile(width: int, skewed: bool) -> None:
    """A column of 4 rows of w words takes gcd(w, 4) cycles, gcd(w + 1, 4) in diagonals.

    Rows are w words apart, and a skew of w moves each row on by one bank more.
    """
    vectors = -(-width // LANES)
    cost = gcd(width + skewed, LANES)
    ran = run(
        [
            ag(
                "t",
                f"""count r 0..4
                count c 0..{width} par 4
                out x : vector f32 @c
                load t[r, c] -> x""",
            ),
            f"""pmu tile {{
              memory m : f32 words {4 * width} {f"skew {width}" if skewed else ""}
              context write {{
                count r 0..4
                count c 0..{width} par 4
                in x : vector f32 @c
                in free : control @pass
                out full : control @pass
                write m[{width}*r + c] buffer @pass <- x
              }}
              context read {{
                count c 0..{width}
                count r 0..4 par 4
                in full : control @pass
                out x : vector f32 @r
                out free : control @pass
                read m[{width}*r + c] buffer @pass -> x
              }}
            }}""",
            ag(
                "y",
                f"""count c 0..{width}
                count r 0..4 par 4
                in x : vector f32 @r
                store y[c, r] <- x""",
            ),
        ],
        """vector t.x -> tile.write.x
        control tile.write.full -> tile.read.full
        control tile.read.free -> tile.write.free capacity 1 init 1
        vector tile.read.x -> y.x""",
        {"t": np.arange(4 * width, dtype=F32).reshape(4, width)},
        f"y : f32[{width}, 4]",
    )
    assert ran.outputs["y"].tolist() == np.arange(4 * width).reshape(4, width).T.tolist()
    assert ran.context("tile.write").bank == 0
    assert ran.context("tile.read").bank == width * (cost - 1)
    first = FIRST + 4 * vectors - 1 + HOP
    assert ran.cycles == first + (width - 1) * cost + HOP + RESPONSE


@pytest.mark.parametrize("window", [1, 2, 3, 5])
@pytest.mark.parametrize("credits_", [1, 2, 3])
@pytest.mark.parametrize("rows", [1, 4, 7])
def test_a_window_of_rows(window: int, credits_: int, rows: int) -> None:
    """A row is read K times, with the K - 1 before it; m credits: max(m K, K + 5) for m rows.

    The credit of a row leaves with its last read, K - 1 cycles after its first; a hop later the row
    m further on is written, and another hop later it is read. Rows before the first are zeros.
    """
    passes = 2
    ran = run(
        [
            ag(
                "t",
                f"""repeat {passes}
                count i 0..{rows}
                count j 0..4 par 4
                out x : vector f32 @j
                load t[i, j] -> x""",
            ),
            f"""pmu lines {{
              memory m : f32 words 4 buffers {window + credits_ - 1}
              context write {{
                repeat {passes}
                count i 0..{rows}
                count j 0..4 par 4
                in x : vector f32 @j
                in free : control @i
                out full : control @i
                write m[j] buffer @i <- x
              }}
              context read {{
                repeat {passes}
                count i 0..{rows}
                count r 0..{window}
                count j 0..4 par 4
                in full : control @i
                out x : vector f32 @j
                out free : control @i
                read m[j] buffer @i back r -> x
              }}
            }}""",
            f"""pcu sum {{
              context main {{
                count i 0..{passes * rows}
                count r 0..{window}
                in x : vector f32 @r
                out y : vector f32 @i
                s = reduce addf x over r
                y <- s
              }}
            }}""",
            ag(
                "y",
                f"""count i 0..{passes * rows}
                count j 0..4 par 4
                in x : vector f32 @j
                store y[i, j] <- x""",
            ),
        ],
        f"""vector t.x -> lines.write.x
        control lines.write.full -> lines.read.full
        control lines.read.free -> lines.write.free capacity {window + credits_ - 1} init {credits_}
        vector lines.read.x -> sum.x
        vector sum.y -> y.x""",
        {"t": np.arange(1, 4 * rows + 1, dtype=F32).reshape(rows, 4)},
        f"y : f32[{passes * rows}, 4]",
    )
    t = np.arange(1, 4 * rows + 1, dtype=F32).reshape(rows, 4)
    seen = np.concatenate([np.zeros((window - 1, 4), F32), t, t])
    expected = [seen[i : i + window].sum(axis=0).tolist() for i in range(passes * rows)]
    assert ran.outputs["y"].tolist() == expected
    period = max(credits_ * window, window - 1 + 2 * HOP)
    last = passes * rows - 1
    first = FIRST + HOP + period * (last // credits_) + window * (last % credits_)
    assert ran.cycles == first + window - 1 + HOP + 2 + RESPONSE


@pytest.mark.parametrize("tiles", [1, 2, 3, 6])
@pytest.mark.parametrize("depth", [1, 2, 11, 30])
def test_outer_products_drain_slower_than_they_are_summed(tiles: int, depth: int) -> None:
    """T tiles of K outer products of 32 x 6: 12 vectors a tile, two tiles at work.

    A recurrence of the page: tile T starts after T - 1 and the retirement of T - 2; its vectors
    leave 37 cycles after its last firing, or behind those of T - 1, one a cycle.
    """
    m, n, lanes, response = 32, 6, 16, 41
    vectors = m * n // lanes
    a = (np.arange(tiles * depth * m) % 7 - 3).astype(F32).reshape(tiles, depth, m)
    b = (np.arange(tiles * depth * n) % 5 - 2).astype(F32).reshape(tiles, depth, n)
    units = [
        ag(
            name,
            f"""count t 0..{tiles}
            count k 0..{depth}
            count l 0..{side} par {side}
            out x : vector f32 @l
            load {name}[t, k, l] -> x""",
        )
        for name, side in (("a", m), ("b", n))
    ]
    ran = run(
        [
            *units,
            f"""pcu array {{
              context main {{
                count t 0..{tiles}
                count k 0..{depth}
                in a : vector f32 @k
                in b : vector f32 @k
                out y : vector f32 @t
                s = systolic a b over k
                y <- s
              }}
            }}""",
            ag(
                "y",
                f"""count t 0..{tiles}
                count j 0..{m * n} par {lanes}
                in x : vector f32 @j
                store y[t, j] <- x""",
            ),
        ],
        """vector a.x -> array.a capacity 16
        vector b.x -> array.b capacity 16
        vector array.y -> y.x capacity 16""",
        {"a": a, "b": b},
        f"y : f32[{tiles}, {m * n}]",
        {"dram.bytes_per_cycle": 1 << 20, "dram.row_bytes": 0, "ag.outstanding": 4096},
        machine="lab",
    )
    products = np.einsum("tki,tkj->tij", a, b).reshape(tiles, m * n)
    assert ran.outputs["y"].tolist() == products.tolist()
    d, fired, left = m + n - 1, response, -1
    retired = [0, 0]
    for _ in range(tiles):
        fired = max(fired + 1, retired[-2]) + depth - 1
        left = max(fired + d, left + 1) + vectors - 1
        retired.append(left)
    assert ran.cycles == left + 1 + response
