"""Ports that act only when a condition holds."""

from __future__ import annotations

import pytest
from traced import run

from rdu.simulator.result import Deadlock

SOURCE = """
pcu source {
  context main {
    count i 0..TOKENS
    out x : scalar i32 @i
    x <- i
  }
}
"""

SINK = """
pcu sink {
  context main {
    repeat forever
    in y : scalar i32 @pass
  }
}
"""


def filled(text: str, **numbers: int) -> str:
    """Return a text with numbers for its capital words."""
    for name, number in numbers.items():
        text = text.replace(name, str(number))
    return text


def test_a_false_pop_leaves_the_token() -> None:
    """The source fires at 0, 1; its tokens leave at 1, 2 and arrive at 2, 3.

    The consumer pops in its firings 2 and 3 alone. The first two wait for nothing (t = 0, 1), the
    others find their tokens there (t = 2, 3); each pushes at t + 1.
    """
    body = """
    pcu main {
      context main {
        count i 0..4
        in x : scalar i32 @i when i >= 2 else 9
        out y : scalar i32 @i
        y <- x
      }
    }
    net scalar source.main.x -> main.main.x capacity 2
    net scalar main.main.y -> sink.main.y capacity 2
    """
    ran = run(filled(SOURCE, TOKENS=2) + body + SINK)
    assert ran.pushes["main.main.y"] == [(1, 9), (2, 9), (3, 0), (4, 1)]


@pytest.mark.parametrize(
    ("condition", "acts"),
    [
        ("i < 2", [0, 1]),
        ("i <= 2", [0, 1, 2]),
        ("i == 2", [2]),
        ("i != 2", [0, 1, 3]),
        ("i > 2", [3]),
        ("i >= 2", [2, 3]),
        ("2*i > j + 3", [2, 3]),
        ("first i", [0]),
        ("last i", [3]),
        ("first j", [0, 1, 2, 3]),
        ("even", [0, 2]),
        ("not even", [1, 3]),
    ],
)
def test_conditions_of_an_output(condition: str, acts: list[int]) -> None:
    """A firing at t pushes at t + 2, two stages on, or not at all; j has one iteration."""
    body = f"""
    pcu main {{
      context main {{
        count i 0..4
        count j 0..1
        out y : scalar i32 @j when {condition}
        bit = andi i 1
        even = cmpi.eq bit 0
        y <- i
      }}
    }}
    net scalar main.main.y -> sink.main.y capacity 2
    """
    ran = run(body + SINK)
    assert ran.pushes.get("main.main.y", []) == [(i + 2, i) for i in acts]


def test_first_and_last_are_of_the_level_outside() -> None:
    """With two iterations of i and three of j, `first j` and `last j` hold once in each i."""
    body = """
    pcu main {
      context main {
        count i 0..2
        count j 0..3
        out y : scalar i32 @j when first j
        out z : scalar i32 @j when last j
        a = muli i 10
        v = addi a j
        y <- v
        z <- v
      }
    }
    pcu other {
      context main {
        repeat forever
        in y : scalar i32 @pass
      }
    }
    net scalar main.main.y -> sink.main.y capacity 2
    net scalar main.main.z -> other.main.y capacity 2
    """
    ran = run(body + SINK)
    assert ran.pushes["main.main.y"] == [(2, 0), (5, 10)]
    assert ran.pushes["main.main.z"] == [(4, 2), (7, 12)]


def test_a_condition_on_a_token_of_the_same_firing() -> None:
    """p is popped at every i and decides whether x is: its token stays for the next true p.

    p leaves its source (two stages) at 2, 3, 4, 5 and arrives a cycle later, so the firings start
    at 3, 4, 5, 6 and push at 4, 5, 6, 7; x has been there since 2.
    """
    body = """
    pcu flags {
      context main {
        count i 0..4
        out p : scalar i1 @i
        bit = andi i 1
        odd = cmpi.ne bit 0
        p <- odd
      }
    }
    pcu main {
      context main {
        count i 0..4
        in p : scalar i1 @i
        in x : scalar i32 @i when p else -1
        out y : scalar i32 @i
        y <- x
      }
    }
    net scalar source.main.x -> main.main.x capacity 2
    net scalar flags.main.p -> main.main.p capacity 2
    net scalar main.main.y -> sink.main.y capacity 2
    """
    ran = run(filled(SOURCE, TOKENS=2) + body + SINK)
    assert ran.pushes["main.main.y"] == [(4, -1), (5, 0), (6, -1), (7, 1)]


def test_an_outer_condition_holds_an_inner_token() -> None:
    """p is held through i: x is popped at every j of the true i alone."""
    body = """
    pcu flags {
      context main {
        count i 0..2
        out p : scalar i1 @i
        q = cmpi.eq i 1
        p <- q
      }
    }
    pcu main {
      context main {
        count i 0..2
        count j 0..2
        in p : scalar i1 @i
        in x : scalar i32 @j when not p else 5
        out y : scalar i32 @j when p
        y <- x
      }
    }
    net scalar source.main.x -> main.main.x capacity 2
    net scalar flags.main.p -> main.main.p capacity 2
    net scalar main.main.y -> sink.main.y capacity 2
    """
    ran = run(filled(SOURCE, TOKENS=2) + body + SINK)
    assert ran.values("main.main.y") == [5, 5]
    assert ran.context("main.main").firings == 4


def test_conditional_control_tokens() -> None:
    """A barrier at every second i: the go of firing 2 leaves its source at 1 + 4 and arrives at 6.

    Firings 0 and 1 start at 2 (go arrives then) and 3; firing 2 waits until 6, firing 3 follows.
    """
    body = """
    pcu gate {
      context main {
        count i 0..8
        out go : control @i when first i
        out again : control @i when i == 4
      }
    }
    pcu main {
      context main {
        count i 0..4
        in go : control @i when first i
        in again : control @i when i == 2
        out y : scalar i32 @i
        y <- i
      }
    }
    net control gate.main.go -> main.main.go capacity 2
    net control gate.main.again -> main.main.again capacity 2
    net scalar main.main.y -> sink.main.y capacity 2
    """
    ran = run(body + SINK)
    assert ran.pushes["main.main.y"] == [(3, 0), (4, 1), (7, 2), (8, 3)]
    assert ran.context("main.main").starved == {"go": 2, "again": 2}


def test_a_vector_decides_by_its_first_live_lane() -> None:
    """Lanes 2, 3, 4, 5 and 6, 7: the condition sees lane 2, then 6; the values keep all lanes."""
    body = """
    pcu main {
      context main {
        count i 2..8 par 4
        out y : vector i32 @i when big
        big = cmpi.sge i 3
        y <- i
      }
    }
    pcu sink {
      context main {
        repeat forever
        in y : vector i32 @pass
      }
    }
    net vector main.main.y -> sink.main.y capacity 2
    """
    assert run(body).pushes["main.main.y"] == [(2, [6, 7])]


def test_a_token_that_nothing_pops_is_a_deadlock() -> None:
    """The source pushes three tokens, the consumer's condition lets it pop two."""
    body = """
    pcu main {
      context main {
        count i 0..4
        in x : scalar i32 @i when i >= 2 else 9
        out y : scalar i32 @i
        y <- x
      }
    }
    net scalar source.main.x -> main.main.x capacity 4
    net scalar main.main.y -> sink.main.y capacity 2
    """
    ran = run(filled(SOURCE, TOKENS=3) + body + SINK)
    assert isinstance(ran.outcome, Deadlock)
    assert ran.outcome.fills == (1, 0)
    discarding = body.replace("main.main.x capacity 4", "main.main.x capacity 4 discard")
    assert run(filled(SOURCE, TOKENS=3) + discarding + SINK).values("main.main.y")[-1] == 1
