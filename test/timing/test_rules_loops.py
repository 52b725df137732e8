"""Bounds from data, conditions and reductions together: outputs and cycles in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from rules import FIRST, RESPONSE, load, pcu, run, store

F32, I32 = np.float32, np.int32


def words(count: int) -> np.ndarray:
    """Return 1, 2, 3, ... as f32."""
    return np.arange(1, count + 1, dtype=F32)


@pytest.mark.parametrize("lengths", [[3], [0, 2], [1, 0, 0, 4], [5, 1, 0], [0, 0, 0, 1], [2, 2, 2]])
def test_sums_of_rows_of_which_some_are_empty(lengths: list[int]) -> None:
    """A row takes max(length, 1) firings; F of them end at FIRST + F - 1, stored 2 cycles later.

    Rows and words come at one a cycle, firing f needs at most word f, so nothing waits.
    """
    rows, total = len(lengths), sum(lengths)
    firings = sum(max(n, 1) for n in lengths)
    ran = run(
        [
            load("n", "n", rows, "i32"),
            load("x", "x", total),
            pcu(
                "sum",
                f"""count i 0..{rows}
                count j 0..n
                in n : scalar i32 @i
                in x : scalar f32 @j
                out y : scalar f32 @i
                s = reduce addf x over j
                y <- s""",
            ),
            store("y", "y", rows),
        ],
        """scalar n.x -> sum.n capacity 2
        scalar x.x -> sum.x capacity 2
        scalar sum.y -> y.x capacity 2""",
        {"n": np.array(lengths, I32), "x": words(total)},
        f"y : f32[{rows}]",
    )
    ends = np.cumsum(lengths)
    assert ran.outputs["y"].tolist() == [
        float(words(total)[e - n : e].sum()) for n, e in zip(lengths, ends, strict=True)
    ]
    assert ran.context("sum.main").firings == firings
    assert ran.cycles == FIRST + firings - 1 + 2 + RESPONSE


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("m", [1, 3, 4])
def test_a_bias_is_taken_in_the_first_iteration_only(n: int, m: int) -> None:
    """A token of b lasts for the first of m firings, the rest take the constant: n m firings."""
    ran = run(
        [
            load("b", "b", n),
            load("x", "x", n * m),
            pcu(
                "add",
                f"""count i 0..{n}
                count j 0..{m}
                in b : scalar f32 @j when first j else 100.0
                in x : scalar f32 @j
                out y : scalar f32 @j
                s = addf b x
                y <- s""",
            ),
            store("y", "y", n * m),
        ],
        """scalar b.x -> add.b capacity 2
        scalar x.x -> add.x capacity 2
        scalar add.y -> y.x capacity 2""",
        {"b": words(n) * 1000, "x": words(n * m)},
        f"y : f32[{n * m}]",
    )
    bias = np.full((n, m), 100, F32)
    bias[:, 0] = words(n) * 1000
    assert ran.outputs["y"].tolist() == (bias.reshape(-1) + words(n * m)).tolist()
    assert ran.cycles == FIRST + n * m - 1 + 2 + RESPONSE


@pytest.mark.parametrize("choices", [[1, 0, 1, 1, 0], [0], [1, 1], [0, 0, 0, 1], [1, 0]])
def test_a_token_chooses_between_two_inputs(choices: list[int]) -> None:
    """`when p` and `when not p` read p in the firing that pops it; each firing takes one side."""
    n, ones = len(choices), sum(choices)
    a, b = words(max(ones, 1)), -words(max(n - ones, 1))
    ran = run(
        [
            load("p", "p", n, "i1"),
            load("a", "a", len(a)),
            load("b", "b", len(b)),
            pcu(
                "choose",
                f"""count i 0..{n}
                in p : scalar i1 @i
                in a : scalar f32 @i when p else 0.0
                in b : scalar f32 @i when not p else 0.0
                out y : scalar f32 @i
                s = addf a b
                y <- s""",
            ),
            store("y", "y", n),
        ],
        """scalar p.x -> choose.p
        scalar a.x -> choose.a capacity 64 discard
        scalar b.x -> choose.b capacity 64 discard
        scalar choose.y -> y.x""",
        {"p": np.array(choices, bool), "a": a, "b": b},
        f"y : f32[{n}]",
    )
    left, right = iter(a.tolist()), iter(b.tolist())
    assert ran.outputs["y"].tolist() == [next(left if c else right) for c in choices]
    assert ran.cycles == FIRST + n - 1 + 2 + RESPONSE


@pytest.mark.parametrize(
    "bounds", [[(0, 8)], [(1, 8), (5, 5)], [(7, 2), (0, 9)], [(3, 4), (0, 20), (2, 3)], [(0, 7)]]
)
def test_both_bounds_from_data_with_steps_and_lanes(bounds: list[tuple[int, int]]) -> None:
    """A row of lo..hi step 2 takes ceil(ceil((hi - lo) / 2) / 4) firings, one if that is 0.

    The tree over four lanes takes two stages, the sum one: stored 4 cycles after the last firing.
    """
    rows = len(bounds)
    firings = sum(max(-(-len(range(lo, hi, 2)) // 4), 1) for lo, hi in bounds)
    ran = run(
        [
            load("lo", "lo", rows, "i32"),
            load("hi", "hi", rows, "i32"),
            pcu(
                "sum",
                f"""count i 0..{rows}
                count j lo..hi step 2 par 4
                in lo : scalar i32 @i
                in hi : scalar i32 @i
                out y : scalar i32 @i
                s = reduce addi j over j
                y <- s""",
            ),
            store("y", "y", rows, "i32"),
        ],
        """scalar lo.x -> sum.lo
        scalar hi.x -> sum.hi
        scalar sum.y -> y.x""",
        {"lo": np.array([b[0] for b in bounds], I32), "hi": np.array([b[1] for b in bounds], I32)},
        f"y : i32[{rows}]",
    )
    assert ran.outputs["y"].tolist() == [sum(range(lo, hi, 2)) for lo, hi in bounds]
    assert ran.context("sum.main").firings == firings
    assert ran.cycles == FIRST + firings - 1 + 4 + RESPONSE


@pytest.mark.parametrize("lengths", [[2, 0, 1], [0], [0, 0, 3], [1, 1], [4, 0]])
@pytest.mark.parametrize("inner", [1, 3])
def test_ports_inside_and_outside_an_empty_loop(lengths: list[int], inner: int) -> None:
    """An empty row is one firing: the total still adds nothing, its row still pushes, no word does.

    Words of level j leave in last firings of j: their number is the sum of lengths. The total over
    all rows keeps its state through the empty ones and leaves once.
    """
    rows, total = len(lengths), sum(lengths)
    firings = sum(n * inner or 1 for n in lengths)
    outputs = f"a : i32[{rows}]\nc : i32[1]" + (f"\nb : i32[{total}]" if total else "")
    ran = run(
        [
            load("n", "n", rows, "i32"),
            pcu(
                "sum",
                f"""count i 0..{rows}
                count j 0..n
                count k 0..{inner}
                in n : scalar i32 @i
                out a : scalar i32 @i
                {"out b : scalar i32 @j" if total else ""}
                out c : scalar i32 @pass
                v = addi k 1
                s = reduce addi v over j init 7
                t = reduce addi v over i
                a <- s
                {"b <- s" if total else ""}
                c <- t""",
            ),
            store("a", "a", rows, "i32"),
            *([store("b", "b", total, "i32")] if total else []),
            store("c", "c", 1, "i32"),
        ],
        f"""scalar n.x -> sum.n
        scalar sum.a -> a.x
        {"scalar sum.b -> b.x" if total else ""}
        scalar sum.c -> c.x""",
        {"n": np.array(lengths, I32)},
        outputs,
    )
    one = inner * (inner + 1) // 2
    assert ran.outputs["a"].tolist() == [7 + n * one for n in lengths]
    if total:
        assert ran.outputs["b"].tolist() == [7 + (j + 1) * one for n in lengths for j in range(n)]
    assert ran.outputs["c"].tolist() == [total * one]
    assert ran.context("sum.main").firings == firings
    assert ran.cycles == FIRST + firings - 1 + 4 + RESPONSE


@pytest.mark.parametrize("lengths", [[2, 0, 3], [0, 1], [1], [3, 0, 0, 2], [2, 2]])
def test_last_of_a_loop_that_may_be_empty(lengths: list[int]) -> None:
    """`@j when last j` leaves where an iteration of j does: nothing for an empty row."""
    rows, full = len(lengths), sum(n > 0 for n in lengths)
    firings = sum(max(n, 1) for n in lengths)
    ran = run(
        [
            load("n", "n", rows, "i32"),
            pcu(
                "count",
                f"""count i 0..{rows}
                count j 0..n
                in n : scalar i32 @i
                out y : scalar i32 @j when last j
                k = muli i 10
                v = addi k j
                y <- v""",
            ),
            store("y", "y", full, "i32"),
        ],
        "scalar n.x -> count.n\nscalar count.y -> y.x",
        {"n": np.array(lengths, I32)},
        f"y : i32[{full}]",
    )
    assert ran.outputs["y"].tolist() == [10 * i + n - 1 for i, n in enumerate(lengths) if n]
    last = max(
        f for f, n in zip(np.cumsum([max(n, 1) for n in lengths]), lengths, strict=True) if n
    )
    stored = FIRST + int(last) - 1 + 3 + RESPONSE
    retired = FIRST + firings - 1 + 2
    assert ran.cycles == max(stored, retired)


@pytest.mark.parametrize("passes", [[1, 3, 2], [0, 2], [4], [2, 0, 0, 1], [1, 1]])
def test_a_bound_of_a_pass_is_read_in_every_pass(passes: list[int]) -> None:
    """`repeat` with a bound at @pass: pass p has n_p rows of 2, or one empty firing."""
    count = len(passes)
    firings = sum(2 * n or 1 for n in passes)
    ran = run(
        [
            load("n", "n", count, "i32"),
            pcu(
                "rows",
                f"""repeat {count}
                count i 0..n
                count j 0..2
                in n : scalar i32 @pass
                out y : scalar i32 @pass
                out z : scalar i32 @i when i != 1
                s = reduce addi 1 over i
                y <- s
                z <- s""",
            ),
            store("y", "y", count, "i32"),
            pcu("drop", "repeat forever\nin x : scalar i32 @pass"),
        ],
        """scalar n.x -> rows.n
        scalar rows.y -> y.x
        scalar rows.z -> drop.x""",
        {"n": np.array(passes, I32)},
        f"y : i32[{count}]",
    )
    assert ran.outputs["y"].tolist() == [2 * n for n in passes]
    assert ran.context("drop.main").firings == sum(n - (n > 1) for n in passes)
    assert ran.cycles == FIRST + firings - 1 + 2 + RESPONSE


@pytest.mark.parametrize("n", [1, 2, 3, 6, 9])
def test_a_comparison_of_two_counters_lets_a_triangle_pass(n: int) -> None:
    """`when j - i >= 0` pushes n (n + 1) / 2 of n^2 words; the last firing's is the last one."""
    kept = n * (n + 1) // 2
    ran = run(
        [
            load("x", "x", n * n),
            pcu(
                "upper",
                f"""count i 0..{n}
                count j 0..{n}
                in x : scalar f32 @j
                out y : scalar f32 @j when j - i >= 0
                y <- x""",
            ),
            store("y", "y", kept),
        ],
        "scalar x.x -> upper.x\nscalar upper.y -> y.x",
        {"x": words(n * n)},
        f"y : f32[{kept}]",
    )
    square = words(n * n).reshape(n, n)
    assert ran.outputs["y"].tolist() == square[np.triu_indices(n)].tolist()
    assert ran.cycles == FIRST + n * n - 1 + 2 + RESPONSE


@pytest.mark.parametrize("n", [1, 2, 4, 7, 20])
@pytest.mark.parametrize("depth", [1, 3])
def test_a_condition_on_a_result_of_the_ring_before(n: int, depth: int) -> None:
    """A running maximum that leaves only where it grows: x > max of what came before.

    Firing f is the f-th word; `first i` replaces the missing token at the start. The loop's token
    takes depth + latency back: a firing every depth + 1 cycles, depth of 2 + depth stages.
    """
    values = np.array([(7 * k) % 11 for k in range(n)], F32)
    chain = "\n".join(f"e{k} = absf {f'e{k - 1}' if k else 'g'}" for k in range(depth))
    ran = run(
        [
            load("x", "x", n),
            pcu(
                "ring",
                f"""count i 0..{n}
                in x : scalar f32 @i
                in m : scalar f32 @i when i >= 1 else -1.0
                out next : scalar f32 @i when i < {n - 1}
                out y : scalar f32 @i when more
                more = cmpf.ogt x m
                g = maximumf x m
                {chain}
                next <- e{depth - 1}
                y <- x""",
            ),
            pcu("drop", "repeat forever\nin x : scalar f32 @pass"),
        ],
        """scalar x.x -> ring.x
        scalar ring.next -> ring.m
        scalar ring.y -> drop.x""",
        {"x": values},
        "",
    )
    grown = [v for k, v in enumerate(values) if k == 0 or v > values[:k].max()]
    assert ran.context("drop.main").firings == len(grown)
    stages = depth + 2
    assert ran.context("ring.main").lifetime == FIRST + (n - 1) * (stages + 1) + stages
