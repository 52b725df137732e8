"""Stream primitives: filters, choices, merges and packing, in closed form.

A firing f of a writer that starts at FIRST is at FIRST + f; with one stage its token is in the next
context two cycles later. A store that pops its last value at t is done at t + RESPONSE.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rule_streams import HOP, RAGGED, matrix, store_fiber, store_rows
from rules import FIRST, LANES, RESPONSE, ag, load, pcu, run

F32, I32 = np.float32, np.int32


@pytest.mark.parametrize("kept", [[1, 0, 1, 1], [0, 0, 1, 0, 0], [1] * 6, [0, 1], [1]])
def test_a_filter_closes_the_gaps(kept: list[int]) -> None:
    """Value k, the last that is kept, is at the store at FIRST + k + HOP."""
    n = len(kept)
    last = max(k for k, keep in enumerate(kept) if keep)
    units = [
        ag(name, f"count i 0..{n}\nout x : stream scalar {dtype} @i\nload {name}[i] -> x")
        for name, dtype in (("x", "f32"), ("p", "i1"))
    ]
    ran = run(
        [
            *units,
            pcu(
                "keep",
                """in x : stream scalar f32 @pass
                in p : stream scalar i1 @pass
                out y : stream scalar f32 @pass
                filter x by p -> y""",
            ),
            store_fiber("y", "f32"),
        ],
        "scalar x.x -> keep.x\nscalar p.x -> keep.p\nscalar keep.y -> y.x",
        {"x": np.arange(1, n + 1, dtype=F32), "p": np.array(kept, bool)},
        f"y : f32[{sum(kept)}]",
    )
    assert ran.outputs["y"].tolist() == [k + 1.0 for k, keep in enumerate(kept) if keep]
    assert ran.cycles == max(FIRST + last + HOP + RESPONSE, FIRST + n + 1 + HOP + 1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (3, 2), (4, 1), (2, 6)])
@pytest.mark.parametrize("ways", [2, 3])
def test_what_is_parted_comes_together(shape: tuple[int, int], ways: int) -> None:
    """All tokens pass both primitives, each a cycle after the one before: R C + R + 1 of them."""
    rows, columns = shape
    choice = np.array([(3 * k + k // 2) % ways for k in range(rows * columns)], I32).reshape(shape)
    x = np.arange(1, rows * columns + 1, dtype=F32).reshape(shape)
    parts = range(ways)
    ports = "\n".join(f"{{}} y{k} : stream scalar f32 @pass" for k in parts)
    names = " ".join(f"y{k}" for k in parts)
    ran = run(
        [
            matrix("x", shape),
            matrix("w", shape, "i32"),
            pcu(
                "part",
                f"""in x : stream scalar f32 @pass
                in w : stream scalar i32 @pass
                {ports.replace("{}", "out")}
                partition x by w -> {names}""",
            ),
            pcu(
                "join",
                f"""{ports.replace("{}", "in")}
                in w : stream scalar i32 @pass
                out z : stream scalar f32 @pass
                reassemble {names} by w -> z""",
            ),
            store_rows("z", "f32"),
        ],
        "\n".join(
            [
                "scalar x.x -> part.x",
                "scalar w.x -> part.w, join.w",
                "scalar join.z -> z.x",
                *(f"scalar part.y{k} -> join.y{k}" for k in parts),
            ]
        ),
        {"x": x, "w": choice},
        f"z : f32[{rows}, {columns}]",
    )
    assert ran.outputs["z"].tolist() == x.tolist()
    last = rows * columns + rows - 2
    assert ran.cycles == FIRST + last + 2 * HOP + RESPONSE


@pytest.mark.parametrize("rows", [1, 2, 3])
@pytest.mark.parametrize("columns", [(1, 1), (3, 1), (2, 4), (5, 5), (1, 3)])
def test_a_merge_waits_at_stops(rows: int, columns: tuple[int, int]) -> None:
    """A row takes the values of both inputs as they arrived, then their stop: no cycle is lost.

    Word c of row r arrives at FIRST + r (C + 1) + c, and is never later than the merge, which fires
    once for every word of both.
    """
    shapes = [(rows, c) for c in columns]
    a, b = (
        (1000 * (k + 1) + np.arange(np.prod(s)).reshape(s)).astype(F32)
        for k, s in enumerate(shapes)
    )
    width = sum(columns)
    ran = run(
        [
            matrix("a", shapes[0]),
            matrix("b", shapes[1]),
            pcu(
                "merge",
                """in a : stream scalar f32 @pass
                in b : stream scalar f32 @pass
                out y : stream scalar f32 @pass
                out s : stream scalar i32 @pass
                merge a b -> y source s""",
            ),
            store_rows("y", "f32"),
            store_rows("s", "i32"),
        ],
        """scalar a.x -> merge.a
        scalar b.x -> merge.b
        scalar merge.y -> y.x
        scalar merge.s -> s.x""",
        {"a": a, "b": b},
        f"y : f32[{rows}, {width}]\ns : i32[{rows}, {width}]",
    )
    for r in range(rows):
        arrivals = [
            (r * (columns[k] + 1) + c, k, float(values[r, c]))
            for k, values in enumerate((a, b))
            for c in range(columns[k])
        ]
        arrivals.sort()
        assert ran.outputs["y"][r].tolist() == [value for _, _, value in arrivals]
        assert ran.outputs["s"][r].tolist() == [k for _, k, _ in arrivals]
    assert ran.context("merge.main").firings == rows * (width + 1) + 1
    assert ran.cycles == FIRST + rows * (width + 1) - 2 + HOP + RESPONSE


@pytest.mark.parametrize("late", [1, 3, 6])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_merge_takes_what_is_there(late: int, count: int) -> None:
    """One input is `late` cycles behind the other, through as many stages and a channel.

    Firing k takes the k-th of all words by (arrival, input), when it is there and the one before
    was taken.
    """
    names = [f"e{k}" for k in range(late - 1)]
    chain = "\n".join(
        f"{name} = addi {names[k - 1] if k else 'x'} 0" for k, name in enumerate(names)
    )
    slow = [] if late == 1 else [chain]
    ran = run(
        [
            *(
                ag(n, f"count i 0..{count}\nout x : stream scalar i32 @i\nload {n}[i] -> x")
                for n in "ab"
            ),
            pcu(
                "slow",
                "\n".join(
                    [
                        "count i until x",
                        "in x : stream scalar i32 @i",
                        "out y : stream scalar i32 @i",
                        *slow,
                        f"y <- {names[-1] if names else 'x'}",
                    ]
                ),
            ),
            pcu(
                "merge",
                """in a : stream scalar i32 @pass
                in b : stream scalar i32 @pass
                out y : stream scalar i32 @pass
                merge a b -> y""",
            ),
            store_fiber("y", "i32"),
        ],
        """scalar a.x -> slow.x
        scalar slow.y -> merge.a
        scalar b.x -> merge.b
        scalar merge.y -> y.x""",
        {"a": np.arange(100, 100 + count, dtype=I32), "b": np.arange(200, 200 + count, dtype=I32)},
        f"y : i32[{2 * count}]",
    )
    behind = max(late - 1, 1) + 1
    order = sorted(
        [(FIRST + behind + k, 0, 100 + k) for k in range(count)]
        + [(FIRST + k, 1, 200 + k) for k in range(count)]
    )
    time = 0
    for arrival, _, _ in order:
        time = max(time + 1, arrival)
    assert ran.outputs["y"].tolist() == [value for _, _, value in order]
    assert ran.cycles == time + HOP + RESPONSE


@pytest.mark.parametrize("live", range(1, LANES + 1))
@pytest.mark.parametrize("vectors", [1, 2, 3, 4, 7])
def test_compact_fills_vectors(live: int, vectors: int) -> None:
    """n vectors of w live lanes become ceil(n w / 4): the rest leaves before the stop, if any.

    The writer has two stages: vector f is there at f + 3. Firing n finds the stop and flushes.
    """
    full, rest = divmod(vectors * live, LANES)
    packed = full + (rest > 0)
    ran = run(
        [
            pcu(
                "writer",
                f"""count i 0..{vectors}
                count l 0..{live} par {LANES}
                out x : stream vector i32 @i
                k = muli i {live}
                v = addi k l
                x <- v""",
            ),
            pcu(
                "pack",
                """in x : stream vector i32 @pass
                out y : stream vector i32 @pass
                compact x -> y""",
            ),
            ag(
                "y",
                f"""count i until x
                count l 0..{LANES} par {LANES}
                in x : stream vector i32 @i
                store y[i, l] <- x""",
            ),
        ],
        "vector writer.x -> pack.x\nvector pack.y -> y.x",
        {},
        f"y : i32[{packed}, {LANES}]",
    )
    expected: NDArray[Any] = np.zeros(packed * LANES, I32)
    expected[: vectors * live] = np.arange(vectors * live)
    assert ran.outputs["y"].reshape(-1).tolist() == expected.tolist()
    flush = int(rest > 0)
    assert ran.context("pack.main").firings == vectors + flush + 2
    assert ran.cycles == 3 + vectors - 1 + flush + HOP + RESPONSE


@pytest.mark.parametrize(
    "lengths", [(1, 1, 1), (2, 0, 3), (0, 0, 2), (4, 1, 0), (0, 0, 0), (3, 3, 3)]
)
def test_a_merge_of_three_of_which_some_are_empty(lengths: tuple[int, int, int]) -> None:
    """The stop leaves when all three have one; until then each word when it is there, in turn.

    A writer's word f is there at FIRST + HOP + f, its stop at FIRST + HOP + max(n, 1).
    """
    total = sum(lengths)
    units = [
        text
        for name, n in zip("abc", lengths, strict=True)
        for text in (
            load(f"n{name}", "n", 1, "i32").replace("load n[i]", f"load n[{'abc'.index(name)}]"),
            pcu(
                name,
                f"""count i 0..n
                in n : scalar i32 @pass
                out x : stream scalar i32 @i
                v = addi i {1000 * ("abc".index(name) + 1)}
                x <- v""",
            ),
        )
    ]
    nets = "\n".join(f"scalar n{c}.x -> {c}.n\nscalar {c}.x -> merge.{c}" for c in "abc")
    ran = run(
        [
            *units,
            pcu(
                "merge",
                """in a : stream scalar i32 @pass
                in b : stream scalar i32 @pass
                in c : stream scalar i32 @pass
                out y : stream scalar i32 @pass
                merge a b c -> y""",
            ),
            store_fiber("y", "i32"),
        ],
        f"{nets}\nscalar merge.y -> y.x",
        {"n": np.array(lengths, I32)},
        f"y : i32[{max(total, 1)}]",
    )
    there = FIRST + HOP
    order = sorted(
        (there + f, k, 1000 * (k + 1) + f) for k, n in enumerate(lengths) for f in range(n)
    )
    time = there - 1
    for arrival, _, _ in order:
        time = max(time + 1, arrival)
    stop = max(time, there + max(max(lengths), 1) - 1) + 1
    assert ran.outputs["y"].tolist() == ([value for _, _, value in order] or [0])
    assert ran.context("merge.main").firings == total + 2
    stored = time + HOP + RESPONSE if total else 0
    assert ran.cycles == max(stored, stop + 1 + HOP + 1)


@pytest.mark.parametrize("live", range(1, LANES + 1))
@pytest.mark.parametrize("lengths", RAGGED)
def test_compact_flushes_at_every_stop(live: int, lengths: list[int]) -> None:
    """Rows of n vectors with w live lanes: nothing is carried from one to the next.

    A token takes a firing, and a stop one more if there is a rest. The writer has two stages.
    """
    rows = len(lengths)
    width = max(1, -(-max(lengths) * live // LANES))
    ran = run(
        [
            load("n", "n", rows, "i32"),
            pcu(
                "writer",
                f"""count i 0..{rows}
                count j 0..n
                count l 0..{live} par {LANES}
                in n : scalar i32 @i
                out x : stream vector i32 @j
                k = muli j {live}
                v = addi k l
                x <- v""",
            ),
            pcu(
                "pack",
                """in x : stream vector i32 @pass
                out y : stream vector i32 @pass
                compact x -> y""",
            ),
            ag(
                "y",
                f"""count i until x
                count v until x
                count l 0..{LANES} par {LANES}
                in x : stream vector i32 @v
                store y[i, v, l] <- x""",
            ),
        ],
        "scalar n.x -> writer.n\nvector writer.x -> pack.x\nvector pack.y -> y.x",
        {"n": np.array(lengths, I32)},
        f"y : i32[{rows}, {width}, {LANES}]",
    )
    expected = np.zeros((rows, width * LANES), I32)
    time, written_at, last = 0, FIRST + 3, 0
    for i, n in enumerate(lengths):
        expected[i, : n * live] = np.arange(n * live)
        for f in range(n):
            time = max(time + 1, written_at + f)
            last = time if (f + 1) * live // LANES > f * live // LANES else last
        if n * live % LANES:
            last = time = max(time + 1, written_at + n)
        time = max(time + 1, written_at + max(n, 1))
        written_at += max(n, 1) + 1
    assert ran.outputs["y"].reshape(rows, -1).tolist() == expected.tolist()
    done = max(time + 1, written_at) + HOP + 1
    assert ran.cycles == max(done, last + HOP + RESPONSE if last else 0)
