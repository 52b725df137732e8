"""Streams: written by counted chains, read until their stops, mapped, reduced and expanded."""

from __future__ import annotations

import pytest
from traced import run

from rdu.simulator.result import Fault

WRITER = """
pcu writer {
  context main {
    count i 0..2
    count j 0..2
    out x : stream scalar i32 @j
    k = muli i 10
    v = addi k j
    x <- v
  }
}
"""
"""Two fibers of two. Values fire at 0, 1, 3, 4; stops of the fibers at 2 and 5, done at 6, and all
leave two cycles later: two stages."""

WRITTEN = [(2, 0), (3, 1), (4, "S0"), (5, 10), (6, 11), (7, "S1"), (8, "D")]


def reader(name: str, ports: str, body: str = "", levels: int = 2) -> str:
    """Return a PCU whose counters i, j run until the stops of x."""
    counters = "\n".join(f"count {c} until x" for c in "ij"[:levels])
    innermost = "ij"[levels - 1]
    return f"""
    pcu {name} {{
      context main {{
        {counters}
        in x : stream scalar i32 @{innermost}
        {ports}
        {body}
      }}
    }}
    """


SINK = reader("sink", "", levels=1)


def sink(name: str, kind: str = "scalar i32") -> str:
    """Return a PCU that pops whatever comes."""
    return f"""
    pcu {name} {{
      context main {{
        repeat forever
        in x : {kind} @pass
      }}
    }}
    """


def test_a_counted_chain_writes_stops() -> None:
    """A closing firing follows each fiber, its stop tells how many levels have ended."""
    body = WRITER + SINK + "net scalar writer.main.x -> sink.main.x capacity 2"
    ran = run(body)
    assert ran.pushes["writer.main.x"] == WRITTEN
    assert ran.context("writer.main").firings == 7
    assert ran.context("sink.main").firings == 7


def test_streams_of_two_levels() -> None:
    """One output a fiber (level i) and one a value (level j): the stops of i end at the last one.

    Firing 1 pushes the value of i = 0 and the second of j = 0; closing firings follow it and
    firing 4 (cycles 2 and 5). At 2 only the inner stream stops, at 5 both, at 6 they are done.
    """
    writer = WRITER.replace("out x", "out f : stream scalar i32 @i\n out x").replace(
        "x <- v", "f <- k\n x <- v"
    )
    body = writer + SINK + SINK.replace("pcu sink", "pcu other")
    nets = """
    net scalar writer.main.x -> sink.main.x capacity 2
    net scalar writer.main.f -> other.main.x capacity 2
    """
    ran = run(body + nets)
    assert ran.pushes["writer.main.x"] == WRITTEN
    assert ran.pushes["writer.main.f"] == [(3, 0), (6, 10), (7, "S0"), (8, "D")]


def test_a_map_takes_a_cycle_a_token() -> None:
    """Tokens arrive at 3, 4, ... 9; each is a firing, whose token leaves two stages later."""
    body = (
        WRITER
        + reader("map", "out y : stream scalar i32 @j", "a = muli x 2\n b = addi a i\n y <- b")
        + SINK
    )
    nets = """
    net scalar writer.main.x -> map.main.x capacity 2
    net scalar map.main.y -> sink.main.x capacity 2
    """
    ran = run(body + nets)
    assert ran.pushes["map.main.y"] == [
        (5, 0), (6, 2), (7, "S0"), (8, 21), (9, 23), (10, "S1"), (11, "D"),
    ]  # fmt: skip


def test_a_reduction_takes_one_cycle_more_at_outer_stops() -> None:
    """The sum of a fiber leaves at its stop: at 5 and, with S1, at 8; then S0 in a second firing.

    Done arrives at 9, when the second firing (at 9, after that at 8) has the cycle: it fires at 10.
    """
    body = (
        WRITER
        + reader("sum", "out y : stream scalar i32 @i", "s = reduce addi x over j\n y <- s")
        + SINK
    )
    nets = """
    net scalar writer.main.x -> sum.main.x capacity 2
    net scalar sum.main.y -> sink.main.x capacity 2
    """
    ran = run(body + nets)
    assert ran.pushes["sum.main.y"] == [(6, 1), (9, 21), (10, "S0"), (11, "D")]
    assert ran.context("sum.main").firings == 8


def test_plain_outputs_of_a_stream_reader() -> None:
    """A plain output of a fiber has no stops; that of the pass leaves at S1."""
    body = (
        WRITER
        + reader(
            "sum",
            "out y : scalar i32 @i\n out z : scalar i32 @pass\n out c : scalar i32 @i",
            """s = reduce addi x over j
            t = reduce addi x over i
            n = addi j 0
            y <- s
            z <- t
            c <- n""",
        )
        + sink("y")
        + sink("z")
        + sink("c")
    )
    nets = """
    net scalar writer.main.x -> sum.main.x capacity 2
    net scalar sum.main.y -> y.main.x capacity 2
    net scalar sum.main.z -> z.main.x capacity 2
    net scalar sum.main.c -> c.main.x capacity 2
    """
    ran = run(body + nets)
    assert ran.values("sum.main.y") == [1, 21]
    assert ran.values("sum.main.z") == [22]
    # At a stop the counter stands at the number of values.
    assert ran.values("sum.main.c") == [2, 2]
    assert ran.context("sum.main").firings == 7


ROWS = """
pcu writer {
  context main {
    count i 0..4
    count j 0..n
    in n : scalar i32 @i
    out x : stream scalar i32 @j
    k = muli i 10
    v = addi k j
    x <- v
  }
}
pcu rows {
  context main {
    count i 0..4
    out n : scalar i32 @i
    a = andi i 1
    n <- LENGTH
  }
}
net scalar rows.main.n -> writer.main.n capacity 4
"""
"""Rows of 0, 1, 0, 1 values (LENGTH a)."""


def test_empty_fibers() -> None:
    """An empty row is an empty firing and a stop; a reader sums it up to nothing."""
    body = (
        ROWS.replace("LENGTH", "a")
        + reader("sum", "out y : stream scalar i32 @i", "s = reduce addi x over j\n y <- s")
        + SINK
    )
    nets = """
    net scalar writer.main.x -> sum.main.x capacity 2
    net scalar sum.main.y -> sink.main.x capacity 2
    """
    ran = run(body + nets)
    assert ran.values("writer.main.x") == ["S0", 10, "S0", "S0", 30, "S1", "D"]
    assert ran.values("sum.main.y") == [0, 10, 0, 30, "S0", "D"]


OUTER = """
pcu outer {
  context main {
    count i 0..COUNT
    out b : stream scalar i32 @i
    v = addi i 5
    b <- v
  }
}
"""


@pytest.mark.parametrize("count", [4, 3, 5])
def test_a_stream_of_an_outer_level(count: int) -> None:
    """b has one value a fiber of x, and stops where x has S1; else the streams disagree.

    The last fiber but one is empty, like the first: its stop is also its first firing, in which b
    pops its value. With S1 (fiber 3 is empty, too) b's S0 follows in a second firing.
    """
    body = (
        ROWS.replace("LENGTH", "z").replace("a = andi i 1", "a = cmpi.eq i 1\n z = select a 2 0")
        + OUTER.replace("COUNT", str(count))
        + reader(
            "main",
            "in b : stream scalar i32 @i\n out y : stream scalar i32 @i",
            "s = reduce addi x over j\n t = addi s b\n y <- t",
        )
        + SINK
    )
    nets = """
    net scalar writer.main.x -> main.main.x capacity 2
    net scalar outer.main.b -> main.main.b capacity 2
    net scalar main.main.y -> sink.main.x capacity 2
    """
    ran = run(body + nets)
    if count == 4:
        assert ran.values("writer.main.x") == ["S0", 10, 11, "S0", "S0", "S1", "D"]
        # 5, 6 + 21, 7, 8; at empty firings the held b is masked, but lane 0 carries on.
        assert ran.values("main.main.y") == [5, 27, 7, 8, "S0", "D"]
    else:
        assert isinstance(ran.outcome, Fault)
        assert (ran.outcome.kind, ran.outcome.position) == ("stream", 1)
        seen = (0, -2) if count == 3 else (-2, 0)
        assert (ran.outcome.value, ran.outcome.expected) == seen


def test_a_counted_loop_inside_a_stream() -> None:
    """Every value of x is repeated twice, by an inner counter: tokens wait, stops do not."""
    body = (
        WRITER
        + """
    pcu main {
      context main {
        count i until x
        count j until x
        count k 0..2
        in x : stream scalar i32 @j
        out y : scalar i32 @k
        a = muli x 2
        b = addi a k
        y <- b
      }
    }
    """
        + sink("y")
    )
    nets = """
    net scalar writer.main.x -> main.main.x capacity 8
    net scalar main.main.y -> y.main.x capacity 2
    """
    ran = run(body + nets)
    # Values arrive at 3, 4, 6, 7 and take two firings each, from 3 on; the stop between them one.
    times = [5, 6, 7, 8, 10, 11, 12, 13]
    values = [0, 1, 2, 3, 20, 21, 22, 23]
    assert ran.pushes["main.main.y"] == list(zip(times, values, strict=True))


def test_a_stream_is_expanded() -> None:
    """Values n of x become fibers 0..n: a level scanner. u = 2, the new stream has level 3.

    Each fiber's stop waits to see whether x goes on with a value or a stop: `0 1` is `S0 0`, an
    empty fiber and one of one value; `10` and `11` likewise after S1.
    """
    body = (
        WRITER.replace("k = muli i 10", "k = muli i 2")
        + """
    pcu main {
      context main {
        count i until x
        count j until x
        count k 0..x
        in x : stream scalar i32 @j
        out y : stream scalar i32 @k
        y <- k
      }
    }
    """
        + SINK
    )
    nets = """
    net scalar writer.main.x -> main.main.x capacity 8
    net scalar main.main.y -> sink.main.x capacity 2
    """
    ran = run(body + nets)
    assert ran.values("main.main.y") == [
        "S0", 0, "S1", 0, 1, "S0", 0, 1, 2, "S2", "D",
    ]  # fmt: skip


def test_a_condition_filters_values_but_not_stops() -> None:
    """Odd values are left out of y."""
    body = (
        WRITER
        + reader(
            "odd",
            "out y : stream scalar i32 @j when even",
            "a = andi x 1\n even = cmpi.eq a 0\n y <- x",
        )
        + SINK
    )
    nets = """
    net scalar writer.main.x -> odd.main.x capacity 2
    net scalar odd.main.y -> sink.main.x capacity 2
    """
    assert run(body + nets).values("odd.main.y") == [0, "S0", 10, "S1", "D"]


def test_done_ends_what_is_open() -> None:
    """One value a pass has no stops: its reader's pass ends at done, in a firing of its own.

    The writer's values arrive at 2 and 3, done at 4: the pass ends at 4, done is popped at 5.
    """
    body = """
    pcu writer {
      context main {
        repeat 2
        out x : stream scalar i32 @pass
        v = addi 3 0
        x <- v
      }
    }
    """
    ports = "out y : scalar i32 @pass"
    main = reader("main", ports, "s = reduce addi x over i\n y <- s", levels=1)
    nets = """
    net scalar writer.main.x -> main.main.x capacity 2
    net scalar main.main.y -> y.main.x capacity 2
    """
    ran = run(body + main + sink("y") + nets)
    assert ran.pushes["writer.main.x"] == [(1, 3), (2, 3), (3, "D")]
    assert ran.pushes["main.main.y"] == [(5, 6)]
    assert ran.context("main.main").firings == 4
