"""Tiers, packets and whole rows with masks: outputs and cycles in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from rules import FIRST, LANES, RESPONSE, ag, load, pcu, run, store

F32, I32 = np.float32, np.int32


@pytest.mark.parametrize("vectors", [1, 4, 7, 65, 130, 300])
def test_a_copy_from_one_tier_to_another(vectors: int) -> None:
    """Machine `lab`: bursts of `dram` take 5 cycles, and 28 more where a row of 32 opens.

    Burst f is number j = f / 4 on channel c = f mod 4, asked for at f: it is served by
    c + 5 (j + 1) + 28 (j / 32 + 1) and there 40 cycles later. The 64 that may be outstanding hide
    that. A store to `sram` takes 9 cycles from the one after.
    """
    rows = np.arange(16 * vectors, dtype=F32).reshape(vectors, 16)
    ran = run(
        [
            ag(
                "x",
                f"""count i 0..{vectors}
                count l 0..16 par 16
                out x : vector f32 @i
                load x[i, l] -> x""",
            ),
            ag(
                "y",
                f"""count i 0..{vectors}
                count l 0..16 par 16
                in x : vector f32 @i
                store y[i, l] <- x""",
            ),
        ],
        "vector x.x -> y.x capacity 16",
        {"x": rows},
        f"y : f32[{vectors}, 16] tier sram",
        machine="lab",
    )
    assert ran.outputs["y"].tolist() == rows.tolist()
    number, channel = divmod(vectors - 1, 4)
    response = channel + 5 * (number + 1) + 28 * (number // 32 + 1) + 40
    assert ran.cycles == response + 1 + 9


@pytest.mark.parametrize("tokens", [1, 2, 3, 10, 40])
def test_two_flows_meet_on_their_way(tokens: int) -> None:
    """Packets of (0, 0) and (0, 2) go to (2, 2) over two common links: one a cycle, 2 n in all.

    The near ones are at their first router from cycle 2 on, the far ones two links later, from 4
    on. So with n > 1 the first common link is taken from 2 to 2 n + 1; the last packet goes over
    two links, pops at 2 n + 3, and retires a cycle later. One of each kind leaves a gap of a cycle.
    """
    source = f"""context main {{
      count i 0..{tokens}
      out y : scalar i32 @i
      v = addi i 1
      y <- v
    }}"""
    taker = f"""count i 0..{tokens}
      in x : scalar i32 @i"""
    ran = run(
        [
            f"pcu far at (0, 0) {{\n{source}\n}}",
            f"pcu near at (0, 2) {{\n{source}\n}}",
            f"pcu end at (2, 2) {{\ncontext a {{\n{taker}\n}}\ncontext b {{\n{taker}\n}}\n}}",
        ],
        """scalar far.y -> end.a.x capacity 64 dynamic
        scalar near.y -> end.b.x capacity 64 dynamic""",
        {},
        "",
        machine="lab",
    )
    assert ran.cycles == (2 * tokens + 4 if tokens > 1 else 7)
    assert sum(link.packets for link in ran.result.links) == 6 * tokens


@pytest.mark.parametrize("tokens", [1, 5, 30])
def test_virtual_channels_share_a_link_fairly(tokens: int) -> None:
    """The same on two virtual channels: the oldest packet first, and still one a cycle."""
    source = f"""context main {{
      count i 0..{tokens}
      out y : scalar i32 @i
      v = addi i 1
      y <- v
    }}"""
    taker = f"""count i 0..{tokens}
      in x : scalar i32 @i"""
    ran = run(
        [
            f"pcu one at (0, 0) {{\n{source}\n}}",
            f"pcu two at (0, 0) {{\n{source}\n}}".replace("(0, 0)", "(1, 1)"),
            f"pcu end at (3, 3) {{\ncontext a {{\n{taker}\n}}\ncontext b {{\n{taker}\n}}\n}}",
        ],
        """scalar one.y -> end.a.x capacity 64 dynamic
        scalar two.y -> end.b.x capacity 64 dynamic vc 1""",
        {},
        "",
        machine="lab",
    )
    # (0, 0) goes along row 0 to column 3, then down: 6 links. (1, 1) along row 1, then down: 4.
    # They share (1, 3) to (3, 3). Packets of the first are at (1, 3) from 2 + 4 on, those of the
    # second from 2 + 2 on: with n > 1 it is taken from 4 to 2 n + 3, two links before the end.
    assert ran.cycles == (2 * tokens + 6 if tokens > 1 else 9)


@pytest.mark.parametrize("lengths", [[4], [0, 5], [1, 0, 9], [7, 3, 0], [0, 0, 2, 0], [8, 8, 1]])
def test_sums_of_rows_of_vectors(lengths: list[int]) -> None:
    """A row of n words is ceil(n / 4) vectors, the last one masked, or an empty firing.

    The loads start when the first length is there. F firings of the sum, of three stages, end
    at FIRST + RESPONSE + F.
    """
    rows, width = len(lengths), max(lengths)
    firings = sum(max(-(-n // LANES), 1) for n in lengths)
    x = np.arange(1, rows * width + 1, dtype=F32).reshape(rows, width)
    ran = run(
        [
            load("n", "n", rows, "i32"),
            ag(
                "x",
                f"""count i 0..{rows}
                count j 0..n par {LANES}
                in n : scalar i32 @i
                out x : vector f32 @j
                load x[i, j] -> x""",
            ),
            pcu(
                "sum",
                f"""count i 0..{rows}
                count j 0..n par {LANES}
                in n : scalar i32 @i
                in x : vector f32 @j
                out y : scalar f32 @i
                s = reduce addf x over j
                y <- s""",
            ),
            store("y", "y", rows),
        ],
        """scalar n.x -> x.n, sum.n
        vector x.x -> sum.x
        scalar sum.y -> y.x""",
        {"n": np.array(lengths, I32), "x": x},
        f"y : f32[{rows}]",
    )
    assert ran.outputs["y"].tolist() == [
        float(row[:n].sum()) for row, n in zip(x, lengths, strict=True)
    ]
    assert ran.context("sum.main").firings == firings
    last = FIRST + RESPONSE + 1 + firings - 1
    assert ran.cycles == last + 4 + RESPONSE


@pytest.mark.parametrize("lengths", [[3], [0, 2], [1, 0, 0, 4], [5, 1, 0], [0, 0, 0, 1]])
def test_passes_without_end_over_rows(lengths: list[int]) -> None:
    """A pass for each length that comes; an empty row is an empty firing that pushes 0."""
    rows, total = len(lengths), sum(lengths)
    firings = sum(max(n, 1) for n in lengths)
    ran = run(
        [
            load("n", "n", rows, "i32"),
            load("x", "x", total),
            pcu(
                "sum",
                """repeat forever
                count j 0..n
                in n : scalar i32 @pass
                in x : scalar f32 @j
                out y : scalar f32 @pass
                s = reduce addf x over j
                y <- s""",
            ),
            store("y", "y", rows),
        ],
        "scalar n.x -> sum.n\nscalar x.x -> sum.x\nscalar sum.y -> y.x",
        {"n": np.array(lengths, I32), "x": np.ones(total, F32)},
        f"y : f32[{rows}]",
    )
    assert ran.outputs["y"].tolist() == lengths
    assert ran.context("sum.main").firings == firings
    assert ran.cycles == FIRST + firings - 1 + 2 + RESPONSE


@pytest.mark.parametrize("count", [1, 2, 3, 6, 9])
def test_done_ends_what_no_stop_has_ended(count: int) -> None:
    """A reader of two levels on a stream of one: no stop ends its pass, done does.

    Values and their stop are there up to FIRST + n, done at FIRST + n + 1: the pass ends in a
    firing then, as by a stop, which makes an empty fiber, and done is popped in another. Two
    stages, a channel, and the store follow.
    """
    ran = run(
        [
            ag("x", f"count i 0..{count}\nout x : stream scalar i32 @i\nload x[i] -> x"),
            pcu(
                "sum",
                """count i until x
                count j until x
                in x : stream scalar i32 @j
                out s : scalar i32 @i
                out t : scalar i32 @pass
                row = reduce addi x over j
                all = reduce addi 1 over i
                s <- row
                t <- all""",
            ),
            store("s", "s", 2, "i32"),
            store("t", "t", 1, "i32"),
        ],
        "scalar x.x -> sum.x\nscalar sum.s -> s.x\nscalar sum.t -> t.x",
        {"x": np.arange(1, count + 1, dtype=I32)},
        "s : i32[2]\nt : i32[1]",
    )
    assert ran.outputs["s"].tolist() == [count * (count + 1) // 2, 0]
    assert ran.outputs["t"].tolist() == [count]
    assert ran.context("sum.main").firings == count + 3
    assert ran.cycles == FIRST + count + 1 + 2 + 1 + RESPONSE


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 2), (2, 5), (4, 1)])
def test_conditions_of_streams_move_values_only(shape: tuple[int, int]) -> None:
    """Of b the first value of a fiber is taken, of the sums those above 0 leave; stops all do.

    A token of a is a firing: R C + R + 1. The last value that leaves is stored two hops after
    the load; done, at the last, retires a cycle after it is popped.
    """
    rows, columns = shape
    a = np.array([(5 * k) % 7 - 3 for k in range(rows * columns)], I32).reshape(shape)
    b = np.arange(1, rows + 1, dtype=I32) * 2 - 3
    added = a + np.where(np.arange(columns) == 0, b[:, None], 0)
    kept = [[v for v in row if v > 0] for row in added.tolist()]
    ran = run(
        [
            ag(
                "a",
                f"""count i 0..{rows}
                count j 0..{columns}
                out x : stream scalar i32 @j
                load a[i, j] -> x""",
            ),
            ag(
                "b",
                f"""count i 0..{rows}
                count j 0..1
                out x : stream scalar i32 @j
                load b[i] -> x""",
            ),
            pcu(
                "add",
                """count i until a
                count j until a
                in a : stream scalar i32 @j
                in b : stream scalar i32 @j when first j else 0
                out y : stream scalar i32 @j when more
                v = addi a b
                more = cmpi.sgt v 0
                y <- v""",
            ),
            ag(
                "y",
                """count i until x
                count j until x
                in x : stream scalar i32 @j
                store y[i, j] <- x""",
            ),
        ],
        "scalar a.x -> add.a\nscalar b.x -> add.b\nscalar add.y -> y.x",
        {"a": a, "b": b},
        f"y : i32[{rows}, {columns}]",
    )
    assert ran.outputs["y"].tolist() == [row + [0] * (columns - len(row)) for row in kept]
    assert ran.context("add.main").firings == rows * (columns + 1) + 1
    stored = [i * (columns + 1) + j for i in range(rows) for j in range(columns) if added[i, j] > 0]
    done = FIRST + rows * (columns + 1) + 3 + 1
    assert ran.cycles == max([done, *(FIRST + f + 3 + RESPONSE for f in stored)])
