"""Filter, partition, reassemble, compact and merge, token by token."""

from __future__ import annotations

import pytest
from traced import run

from rdu.simulator.result import Deadlock, Fault


def stream(name: str, rows: int, columns: int, value: str = "v", dtype: str = "i32") -> str:
    """Return a PCU of `rows` fibers of values v = 10 i + j, or of their bits `odd`.

    Three stages: its first value leaves at 3, then a token a cycle.
    """
    return f"""
    pcu {name} {{
      context main {{
        count i 0..{rows}
        count j 0..{columns}
        out x : stream scalar {dtype} @j
        k = muli i 10
        v = addi k j
        bit = andi v 1
        x <- {value}
      }}
    }}
    """


FLAGS = stream("flags", 2, 2, "odd", "i1").replace("bit = andi v 1", "odd = cmpi.eq j 1")
SINK = """
pcu NAME {
  context main {
    count i until x
    in x : stream KIND @i
  }
}
"""


def sink(name: str, kind: str = "scalar i32") -> str:
    """Return a PCU that reads a stream."""
    return SINK.replace("NAME", name).replace("KIND", kind)


def primitive(name: str, inputs: str, outputs: str, action: str) -> str:
    """Return a PCU with a primitive; ports are `name kind`, separated by commas."""
    ports = "\n".join(
        f"{way} {port.strip().split(' ', 1)[0]} : stream {port.strip().split(' ', 1)[1]} @pass"
        for way, listed in (("in", inputs), ("out", outputs))
        for port in listed.split(",")
    )
    return f"pcu {name} {{\ncontext main {{\n{ports}\n{action}\n}}\n}}\n"


VALUES = stream("values", 2, 2)
"""Leaves as 0, 1, S0, 10, 11, S1, D at 3, 4, ... 9, and arrives a cycle later."""


def test_filter() -> None:
    """A firing for every pair: at 4, 5, 7, 8 of values, at 6, 9, 10 of stops and done."""
    body = VALUES + FLAGS + sink("sink")
    body += primitive("keep", "x scalar i32, p scalar i1", "y scalar i32", "filter x by p -> y")
    nets = """
    net scalar values.main.x -> keep.main.x capacity 2
    net scalar flags.main.x -> keep.main.p capacity 2
    net scalar keep.main.y -> sink.main.x capacity 2
    """
    ran = run(body + nets)
    assert ran.pushes["keep.main.y"] == [(6, 1), (7, "S0"), (9, 11), (10, "S1"), (11, "D")]
    account = ran.context("keep.main")
    assert (account.firings, account.starved, account.lifetime) == (7, {"x": 4}, 11)


def test_partition_and_reassemble() -> None:
    """What a flag sends two ways, the same flags put together again."""
    body = VALUES + FLAGS + sink("sink")
    body += primitive(
        "split",
        "x scalar i32, w scalar i1",
        "no scalar i32, yes scalar i32",
        "partition x by w -> no yes",
    )
    body += primitive(
        "join",
        "no scalar i32, yes scalar i32, w scalar i1",
        "y scalar i32",
        "reassemble no yes by w -> y",
    )
    nets = """
    net scalar values.main.x -> split.main.x capacity 2
    net scalar flags.main.x -> split.main.w capacity 2, join.main.w capacity 8
    net scalar split.main.no -> join.main.no capacity 2
    net scalar split.main.yes -> join.main.yes capacity 2
    net scalar join.main.y -> sink.main.x capacity 2
    """
    ran = run(body + nets)
    assert ran.values("split.main.no") == [0, "S0", 10, "S1", "D"]
    assert ran.values("split.main.yes") == [1, "S0", 11, "S1", "D"]
    # split fires at 4 ... 10, its tokens leave at 5 ... 11 and join fires at 6 ... 12.
    tokens = [0, 1, "S0", 10, 11, "S1", "D"]
    assert ran.pushes["join.main.y"] == list(zip(range(7, 14), tokens, strict=True))


@pytest.mark.parametrize(("choice", "value"), [("v", 10), ("k2", -1)])
def test_a_choice_out_of_range_is_a_fault(choice: str, value: int) -> None:
    """Of two outputs there is no number 10, and no number -1: the third value is at fault."""
    numbers = stream("numbers", 2, 2, choice).replace("bit = andi v 1", "k2 = subi 0 i")
    body = VALUES + numbers + sink("a") + sink("b")
    body += primitive(
        "split",
        "x scalar i32, w scalar i32",
        "a scalar i32, b scalar i32",
        "partition x by w -> a b",
    )
    nets = """
    net scalar values.main.x -> split.main.x capacity 2
    net scalar numbers.main.x -> split.main.w capacity 2
    net scalar split.main.a -> a.main.x capacity 2
    net scalar split.main.b -> b.main.x capacity 2
    """
    outcome = run(body + nets).outcome
    assert isinstance(outcome, Fault)
    expected = Fault(outcome.time, 4, "choice", 1, value, 2)
    assert outcome == expected
    assert outcome.time == 7


@pytest.mark.parametrize(
    ("rows", "columns", "time", "value", "expected"),
    [(2, 3, 6, -2, 0), (2, 1, 5, 0, -2), (3, 2, 9, 0, 1), (1, 2, 6, 1, 0)],
)
def test_streams_that_disagree(
    rows: int, columns: int, time: int, value: int, expected: int
) -> None:
    """The first differing token of p is at fault, when both have arrived."""
    flags = FLAGS.replace("count i 0..2", f"count i 0..{rows}")
    flags = flags.replace("count j 0..2", f"count j 0..{columns}")
    body = VALUES + flags + sink("sink")
    body += primitive("keep", "x scalar i32, p scalar i1", "y scalar i32", "filter x by p -> y")
    nets = """
    net scalar values.main.x -> keep.main.x capacity 2
    net scalar flags.main.x -> keep.main.p capacity 2
    net scalar keep.main.y -> sink.main.x capacity 2
    """
    assert run(body + nets).outcome == Fault(time, 3, "stream", 1, value, expected)


def test_compact() -> None:
    """Fibers of 6 in vectors of 4 and 2 live lanes, of which odd ones are left: a full vector a
    fiber and the rest, in a firing of its own, before its stop.

    Values 0..5 and 10..15 with lanes masked by adding nothing: vectors (3 lanes of 4) 0 1 2, 3 4 5.
    """
    vectors = """
    pcu values {
      context main {
        count i 0..2
        count j 0..6 par 3
        out x : stream vector i32 @j
        k = muli i 10
        v = addi k j
        x <- v
      }
    }
    """
    body = vectors + sink("sink", "vector i32")
    body += primitive("pack", "x vector i32", "y vector i32", "compact x -> y")
    nets = """
    net vector values.main.x -> pack.main.x capacity 4
    net vector pack.main.y -> sink.main.x capacity 2
    """
    ran = run(body + nets)
    # Vectors arrive at 3 and 4, S0 at 5: the rest leaves from the firing at 5, S0 from that at 6.
    assert ran.pushes["pack.main.y"] == [
        (5, [0, 1, 2, 3]), (6, [4, 5]), (7, "S0"),
        (9, [10, 11, 12, 13]), (10, [14, 15]), (11, "S1"), (12, "D"),
    ]  # fmt: skip
    assert ran.context("pack.main").firings == 9


MERGE = primitive("join", "a scalar i32, b scalar i32", "y scalar i32", "merge a b -> y source z")
MERGE = MERGE.replace("merge a", "out z : stream scalar i32 @pass\nmerge a")
MERGE_NETS = """
net scalar first.main.x -> join.main.a capacity 2
net scalar second.main.x -> join.main.b capacity CAPACITY
net scalar join.main.y -> y.main.x capacity 2
net scalar join.main.z -> z.main.x capacity 2
"""


def test_merge_takes_what_arrived_first() -> None:
    """`second` has five stages, two more: its tokens arrive two cycles after those of `first`.

    0 and 1 of a arrive at 4 and 5, its S1 at 6; b's 100 and 101 at 6 and 7, its S1 at 8. The merge
    fires at 4, 5 (a), 6, 7 (b), at 8 for both stops and at 9 when both are done.
    """
    second = stream("second", 1, 2).replace("bit = andi v 1", "a = addi v 100\nb = addi a 0")
    body = stream("first", 1, 2) + second.replace("x <- v", "c = addi b 0\nx <- c")
    ran = run(body + MERGE + sink("y") + sink("z") + MERGE_NETS.replace("CAPACITY", "2"))
    assert ran.pushes["join.main.y"] == [
        (5, 0), (6, 1), (7, 100), (8, 101), (9, "S1"), (10, "D"),
    ]  # fmt: skip
    assert ran.values("join.main.z") == [0, 0, 1, 1, "S1", "D"]


def test_merge_breaks_ties_by_input() -> None:
    """Both streams arrive in the same cycles: a goes first, then b, of every pair."""
    body = stream("first", 1, 3) + stream("second", 1, 3)
    ran = run(body + MERGE + sink("y") + sink("z") + MERGE_NETS.replace("CAPACITY", "4"))
    assert ran.values("join.main.z") == [0, 1, 0, 1, 0, 1, "S1", "D"]
    assert [time for time, _ in ran.pushes["join.main.z"]] == list(range(5, 13))


def flat(name: str, passes: int, port: str = "x") -> str:
    """Return a PCU of so many streams `0 S0`, one after another, and done; one stage."""
    return f"""
    pcu {name} {{
      context main {{
        repeat {passes}
        count j 0..1
        out {port} : stream scalar i32 @j
        {port} <- j
      }}
    }}
    """


def test_merge_goes_on_when_an_input_is_done() -> None:
    """a is 0 S0 D, b is 0 S0 0 S0 D: what b has after a's end goes through alone.

    They arrive at 2, 3, 4 and 2 .. 6. The merge takes 0 and 0 at 2 and 3, S0 of both at 4, then
    b's 0 at 5 and S0 at 6; b's done arrives at 6 and both are popped at 7.
    """
    body = flat("first", 1) + flat("second", 2) + MERGE + sink("y") + sink("z")
    ran = run(body + MERGE_NETS.replace("CAPACITY", "8"))
    assert ran.pushes["join.main.z"] == [
        (3, 0), (4, 1), (5, "S0"), (6, 1), (7, "S0"), (8, "D"),
    ]  # fmt: skip


def test_merge_of_stops_that_differ_is_a_fault() -> None:
    """a ends with S1 at 5, b with S0 at 3: after the values, at 2 and 4, they disagree."""
    body = stream("first", 1, 1) + flat("second", 1) + MERGE + sink("y") + sink("z")
    ran = run(body + MERGE_NETS.replace("CAPACITY", "8"))
    assert ran.outcome == Fault(5, 2, "stream", 1, 0, 1)


def test_merge_knows_when_nothing_can_come_before() -> None:
    """b's tokens come from memory: while they are on their way, a's are taken as they arrive.

    The four loads at 0 .. 3 answer at 11 .. 14 (a burst a cycle, ten cycles of latency) and arrive
    at 12 .. 15. The values of a arrive at 4, 5, 6, every one before; its stop waits for that of b.
    """
    body = (
        stream("first", 1, 3)
        + """
    ag second {
      context main {
        count i 0..1
        count j 0..4
        out x : stream scalar i32 @j
        load t[j] -> x
      }
    }
    """
        + MERGE
        + sink("y")
        + sink("z")
    )
    nets = MERGE_NETS.replace("CAPACITY", "8")
    ran = run(body + nets, "t : i32[4] input", {"t": [7, 8, 9, 6]})
    times = [5, 6, 7, 13, 14, 15, 16, 17, 18]
    values = [0, 1, 2, 7, 8, 9, 6, "S1", "D"]
    assert ran.pushes["join.main.y"] == list(zip(times, values, strict=True))


def test_merge_that_waits_for_its_own_sum_is_a_deadlock() -> None:
    """Nothing comes before a's value, which goes through; its stop waits for b, that for the sum.

    The value arrives at 2 and leaves at 3. The merge (context 1) waits for b, the sum for the stop,
    the second source for the sum.
    """
    body = flat("first", 1) + MERGE.replace("source z", "").replace(
        "out z : stream scalar i32 @pass\n", ""
    )
    body += """
    pcu sum {
      context main {
        count i until x
        in x : stream scalar i32 @i
        out go : scalar i32 @pass
        s = reduce addi x over i
        go <- s
      }
    }
    pcu second {
      context main {
        count j 0..1
        in go : scalar i32 @pass
        out b : stream scalar i32 @j
        b <- go
      }
    }
    """
    nets = """
    net scalar first.main.x -> join.main.a capacity 2
    net scalar second.main.b -> join.main.b capacity 2
    net scalar join.main.y -> sum.main.x capacity 2
    net scalar sum.main.go -> second.main.go capacity 2
    """
    ran = run(body + nets)
    assert isinstance(ran.outcome, Deadlock)
    assert ran.pushes["join.main.y"] == [(3, 0)]
    assert [(b.context, b.channel) for b in ran.outcome.blocked] == [(1, 1), (2, 2), (3, 3)]
