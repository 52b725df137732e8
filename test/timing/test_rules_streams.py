"""Streams that chains read and write: fibers of any length, repeated stops, in closed form.

A firing f of a writer that starts at FIRST is at FIRST + f; with one stage its token is in the next
context two cycles later. A store that pops its last value at t is done at t + RESPONSE.
"""

from __future__ import annotations

import numpy as np
import pytest
from rule_streams import HOP, RAGGED, store_fiber, store_rows, writer, written
from rules import FIRST, RESPONSE, ag, pcu, run

F32, I32 = np.float32, np.int32


@pytest.mark.parametrize("lengths", RAGGED)
def test_a_map_keeps_empty_fibers(lengths: list[int]) -> None:
    """Each token takes one firing of the map and of the store; an empty row keeps its number.

    The last value is stored two hops after it was written; done, two hops later than that of the
    writer, takes one cycle to retire.
    """
    rows, width = len(lengths), max(*lengths, 1)
    firings, last = written(lengths)
    ran = run(
        [
            *writer(rows),
            pcu(
                "double",
                """count i until x
                count j until x
                in x : stream scalar i32 @j
                out y : stream scalar i32 @j
                v = addi x x
                y <- v""",
            ),
            store_rows("y", "i32"),
        ],
        "scalar n.x -> writer.n\nscalar writer.x -> double.x\nscalar double.y -> y.x",
        {"n": np.array(lengths, I32)},
        f"y : i32[{rows}, {width}]",
    )
    expected = [[2 * (j + 1) if j < n else 0 for j in range(width)] for n in lengths]
    assert ran.outputs["y"].tolist() == expected
    assert ran.context("double.main").firings == sum(lengths) + rows + 1
    done = FIRST + firings - 1 + 2 * HOP + 1
    stored = FIRST + last + 2 * HOP + RESPONSE if last >= 0 else 0
    assert ran.cycles == max(done, stored)


@pytest.mark.parametrize("lengths", RAGGED)
def test_sums_of_fibers(lengths: list[int]) -> None:
    """The sum of an empty fiber is 0. The last stop takes two firings: a sum, then a stop.

    The writer's last stop is its last but one firing; its sum is two hops later at the store.
    """
    rows = len(lengths)
    firings, _ = written(lengths)
    ran = run(
        [
            *writer(rows),
            pcu(
                "sum",
                """count i until x
                count j until x
                in x : stream scalar i32 @j
                out y : stream scalar i32 @i
                v = reduce addi x over j
                y <- v""",
            ),
            store_fiber("y", "i32"),
        ],
        "scalar n.x -> writer.n\nscalar writer.x -> sum.x\nscalar sum.y -> y.x",
        {"n": np.array(lengths, I32)},
        f"y : i32[{rows}]",
    )
    assert ran.outputs["y"].tolist() == [n * (n + 1) // 2 for n in lengths]
    assert ran.context("sum.main").firings == sum(lengths) + rows + 2
    assert ran.cycles == FIRST + firings - 2 + 2 * HOP + RESPONSE


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 3), (1, 4, 2), (3, 2, 1), (2, 3, 4)])
def test_sums_of_sums(shape: tuple[int, int, int]) -> None:
    """A stream of three levels, summed twice: a b c + a b + a + 17 + RESPONSE cycles.

    The first sum fires without a break from HOP on: a b c values, a b stops, done, and once more
    for each of a stops of an outer level. Its last sum, two firings before done, is at the second
    sum two cycles later, followed by a stop, with which the last total leaves: 2 more cycles.
    """
    a, b, c = shape
    ran = run(
        [
            pcu(
                "writer",
                f"""count i 0..{a}
                count j 0..{b}
                count k 0..{c}
                out x : stream scalar i32 @k
                v = addi k 1
                x <- v""",
            ),
            pcu(
                "one",
                """count i until x
                count j until x
                count k until x
                in x : stream scalar i32 @k
                out y : stream scalar i32 @j
                v = reduce addi x over k
                y <- v""",
            ),
            pcu(
                "two",
                """count i until x
                count j until x
                in x : stream scalar i32 @j
                out y : stream scalar i32 @i
                v = reduce addi x over j
                y <- v""",
            ),
            store_fiber("y", "i32"),
        ],
        "scalar writer.x -> one.x\nscalar one.y -> two.x\nscalar two.y -> y.x",
        {},
        f"y : i32[{a}]",
    )
    assert ran.outputs["y"].tolist() == [b * c * (c + 1) // 2] * a
    done = HOP + a * b * c + a * b + a
    assert ran.context("one.main").lifetime == done + 1
    assert ran.cycles == done - 2 + HOP + 1 + HOP + RESPONSE


@pytest.mark.parametrize("lengths", [[2, 0, 3], [1], [0], [0, 0, 1], [4, 2]])
def test_values_become_fibers(lengths: list[int]) -> None:
    """A value n becomes n counts and a stop; the stop of the last one is that of the values.

    Each value takes max(n, 1) firings and a stop, done one: G + 1 from FIRST on, without a break.
    """
    rows = len(lengths)
    firings = sum(max(n, 1) for n in lengths) + rows
    ran = run(
        [
            ag("n", f"count i 0..{rows}\nout x : stream scalar i32 @i\nload n[i] -> x"),
            pcu(
                "expand",
                """count i until n
                count j 0..n
                in n : stream scalar i32 @i
                out x : stream scalar i32 @j
                v = addi j 1
                x <- v""",
            ),
            pcu(
                "sum",
                """count i until x
                count j until x
                in x : stream scalar i32 @j
                out y : stream scalar i32 @i
                v = reduce addi x over j
                y <- v""",
            ),
            store_fiber("y", "i32"),
        ],
        "scalar n.x -> expand.n\nscalar expand.x -> sum.x\nscalar sum.y -> y.x",
        {"n": np.array(lengths, I32)},
        f"y : i32[{rows}]",
    )
    assert ran.outputs["y"].tolist() == [n * (n + 1) // 2 for n in lengths]
    assert ran.context("expand.main").firings == firings + 1
    assert ran.cycles == FIRST + firings - 1 + 2 * HOP + RESPONSE


@pytest.mark.parametrize("lengths", RAGGED)
def test_a_value_for_each_fiber(lengths: list[int]) -> None:
    """An outer stream gives each fiber one value, an empty one, too.

    The closing firing of an empty last fiber pops a value of b, so that b's stop takes another.
    """
    rows, width = len(lengths), max(*lengths, 1)
    firings, last = written(lengths)
    ran = run(
        [
            *writer(rows),
            ag("b", f"count i 0..{rows}\nout x : stream scalar i32 @i\nload b[i] -> x"),
            pcu(
                "add",
                """count i until x
                count j until x
                in x : stream scalar i32 @j
                in b : stream scalar i32 @i
                out y : stream scalar i32 @j
                v = addi x b
                y <- v""",
            ),
            store_rows("y", "i32"),
        ],
        """scalar n.x -> writer.n
        scalar writer.x -> add.x
        scalar b.x -> add.b
        scalar add.y -> y.x""",
        {"n": np.array(lengths, I32), "b": np.arange(rows, dtype=I32) * 100},
        f"y : i32[{rows}, {width}]",
    )
    expected = [
        [100 * i + j + 1 if j < n else 0 for j in range(width)] for i, n in enumerate(lengths)
    ]
    assert ran.outputs["y"].tolist() == expected
    halves = int(lengths[-1] == 0)
    assert ran.context("add.main").firings == sum(lengths) + rows + 1 + halves
    done = FIRST + firings - 1 + halves + 2 * HOP + 1
    stored = FIRST + last + 2 * HOP + RESPONSE if last >= 0 else 0
    assert ran.cycles == max(done, stored)


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 3), (1, 4, 2), (3, 2, 1), (2, 3, 4)])
def test_streams_of_several_levels_from_one_chain(shape: tuple[int, int, int]) -> None:
    """A stream that is written further out has the stops of its own levels only.

    a b c values and a b stops of the inner one, then done, one a cycle.
    """
    a, b, c = shape
    ran = run(
        [
            pcu(
                "writer",
                f"""count i 0..{a}
                count j 0..{b}
                count k 0..{c}
                out x : stream scalar i32 @k
                out y : stream scalar i32 @j
                out z : stream scalar i32 @i
                v = addi k 1
                x <- v
                y <- v
                z <- v""",
            ),
            ag(
                "x",
                """count i until x
                count j until x
                count k until x
                in x : stream scalar i32 @k
                store x[i, j, k] <- x""",
            ),
            store_rows("y", "i32"),
            store_fiber("z", "i32"),
        ],
        "scalar writer.x -> x.x\nscalar writer.y -> y.x\nscalar writer.z -> z.x",
        {},
        f"x : i32[{a}, {b}, {c}]\ny : i32[{a}, {b}]\nz : i32[{a}]",
    )
    assert ran.outputs["x"].tolist() == np.tile(np.arange(1, c + 1), (a, b, 1)).tolist()
    assert ran.outputs["y"].tolist() == np.full((a, b), c).tolist()
    assert ran.outputs["z"].tolist() == [c] * a
    assert ran.cycles == a * b * c + a * b - 2 + HOP + RESPONSE
