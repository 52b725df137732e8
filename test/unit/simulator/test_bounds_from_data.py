"""Loop bounds read from ports, loops without trips, and passes without end."""

from __future__ import annotations

import pytest
from traced import run

from rdu.simulator.result import Deadlock

ROWS = """
pcu rows {
  context main {
    count i 0..3
    out n : scalar i32 @i
    a = cmpi.eq i 0
    b = cmpi.eq i 1
    c = select b 0 3
    d = select a 2 c
    n <- d
  }
}
"""
"""2, 0, 3: four stages, so they leave at 4, 5, 6 and arrive at 5, 6, 7."""


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


def test_rows_of_several_lengths() -> None:
    """Row 0 fires at 5 and 6, row 1 is one empty firing at 7, row 2 fires at 8, 9, 10.

    The outputs of a row act in its last firing, one stage later; those inside an empty row do not.
    """
    body = """
    pcu main {
      context main {
        count i 0..3
        count j 0..n
        in n : scalar i32 @i
        out y : scalar i32 @j
        out s : scalar i32 @i
        t = reduce addi j over j
        y <- j
        s <- t
      }
    }
    net scalar rows.main.n -> main.main.n capacity 3
    net scalar main.main.y -> y.main.x capacity 2
    net scalar main.main.s -> s.main.x capacity 2
    """
    ran = run(ROWS + body + sink("y") + sink("s"))
    assert ran.pushes["main.main.y"] == [(6, 0), (7, 1), (9, 0), (10, 1), (11, 2)]
    assert ran.pushes["main.main.s"] == [(7, 1), (8, 0), (11, 3)]
    account = ran.context("main.main")
    assert (account.firings, account.starved, account.lifetime) == (6, {"n": 5}, 11)


@pytest.mark.parametrize(
    ("lo", "hi", "vectors"),
    [
        (1, 8, [[1, 3], [5, 7]]),
        (1, 7, [[1, 3], [5]]),
        (-3, 0, [[-3, -1]]),
        (5, 5, []),
        (5, 2, []),
    ],
)
def test_both_bounds_from_data(lo: int, hi: int, vectors: list[list[int]]) -> None:
    """Lanes are `start + 2 x lane` of two, four apart; beyond the end they are masked."""
    body = f"""
    pcu bounds {{
      context main {{
        out lo : scalar i32 @pass
        out hi : scalar i32 @pass
        a = addi {lo} 0
        b = addi {hi} 0
        lo <- a
        hi <- b
      }}
    }}
    pcu main {{
      context main {{
        count j lo..hi step 2 par 2
        in lo : scalar i32 @pass
        in hi : scalar i32 @pass
        out y : vector i32 @j
        y <- j
      }}
    }}
    net scalar bounds.main.lo -> main.main.lo capacity 1
    net scalar bounds.main.hi -> main.main.hi capacity 1
    net vector main.main.y -> y.main.x capacity 2
    """
    ran = run(body + sink("y", "vector i32"))
    assert ran.values("main.main.y") == vectors
    assert ran.context("main.main").firings == max(1, len(vectors))


def test_counters_in_an_empty_firing() -> None:
    """The empty counter stands at the start that was read, one inside it at its written start."""
    body = """
    pcu bounds {
      context main {
        out n : scalar i32 @pass
        a = addi 3 0
        n <- a
      }
    }
    pcu main {
      context main {
        count j n..3
        count k 7..9
        in n : scalar i32 @pass
        out y : scalar i32 @pass
        a = muli j 10
        b = addi a k
        y <- b
      }
    }
    net scalar bounds.main.n -> main.main.n capacity 1
    net scalar main.main.y -> y.main.x capacity 2
    """
    ran = run(body + sink("y"))
    assert ran.pushes["main.main.y"] == [(4, 37)]
    assert ran.context("main.main").firings == 1


def test_ports_inside_an_empty_loop_do_not_act() -> None:
    """Five tokens for rows of 2, 0 and 3; the empty row has a vector without a live lane."""
    body = """
    pcu data {
      context main {
        count i 10..15
        out x : scalar i32 @i
        x <- i
      }
    }
    pcu main {
      context main {
        count i 0..3
        count j 0..n
        in n : scalar i32 @i
        in x : scalar i32 @j
        out y : vector i32 @i
        t = reduce maxsi x over j
        u = addi x 0
        y <- u
      }
    }
    net scalar rows.main.n -> main.main.n capacity 3
    net scalar data.main.x -> main.main.x capacity 8
    net vector main.main.y -> y.main.x capacity 2
    """
    ran = run(ROWS + body + sink("y", "vector i32"))
    assert ran.values("main.main.y") == [[11] * 4, [], [14] * 4]


@pytest.mark.parametrize("lanes", ["i", "j"])
def test_reductions_of_nothing(lanes: str) -> None:
    """Without trips a reduction is its identity: on the lanes outside it, or on all of a tree.

    With lanes over i (6 of 8 are live) the second vector has two; with lanes over j the tree gives
    a scalar. Every n is 0.
    """
    par_i, par_j = ("par 4", "") if lanes == "i" else ("step 4", "par 4")
    body = f"""
    pcu zero {{
      context main {{
        count i 0..2
        out n : scalar i32 @i
        a = addi 0 0
        n <- a
      }}
    }}
    pcu main {{
      context main {{
        count i 0..6 {par_i}
        count j 0..n {par_j}
        in n : scalar i32 @i
        out y : vector i32 @i
        t = reduce muli 1 over j
        y <- t
      }}
    }}
    net scalar zero.main.n -> main.main.n capacity 3
    net vector main.main.y -> y.main.x capacity 2
    """
    ran = run(body + sink("y", "vector i32"))
    live = [[1] * 4, [1] * 2] if lanes == "i" else [[1] * 4, [1] * 4]
    assert ran.values("main.main.y") == live


def test_a_bound_is_held() -> None:
    """n belongs to the pass: both iterations of i read the same 3."""
    body = """
    pcu bounds {
      context main {
        out n : scalar i32 @pass
        a = addi 3 0
        n <- a
      }
    }
    pcu main {
      context main {
        count i 0..2
        count j 0..n
        in n : scalar i32 @pass
        out y : scalar i32 @j
        y <- j
      }
    }
    net scalar bounds.main.n -> main.main.n capacity 1
    net scalar main.main.y -> y.main.x capacity 2
    """
    ran = run(body + sink("y"))
    assert ran.pushes["main.main.y"] == [(3 + f, f % 3) for f in range(6)]


def test_an_empty_firing_touches_no_memory() -> None:
    """Rows of 2, 0 and 3 words: five loads of a burst each, and one firing that requests nothing.

    Channel of 16 bytes a cycle: the loads of firings at 5, 6, 8, 9, 10 answer 11 cycles later.
    """
    body = """
    ag load {
      context main {
        count i 0..3
        count j 0..n
        in n : scalar i32 @i
        out x : scalar i32 @j
        load a[j] -> x
      }
    }
    net scalar rows.main.n -> load.main.n capacity 3
    net scalar load.main.x -> y.main.x capacity 2
    """
    ran = run(ROWS + body + sink("y"), "a : i32[4] input", {"a": [7, 8, 9, 10]})
    times = [16, 17, 19, 20, 21]
    assert ran.pushes["load.main.x"] == list(zip(times, [7, 8, 7, 8, 9], strict=True))
    assert ran.result.tiers[0].bursts == 5


def test_passes_without_end() -> None:
    """A context that repeats forever has finished between two passes, and only there."""
    body = """
    pcu source {
      context main {
        count i 0..TOKENS
        out x : scalar i32 @i
        x <- i
      }
    }
    pcu main {
      context main {
        repeat forever
        count i 0..2
        in x : scalar i32 @i
        out y : scalar i32 @pass
        t = reduce addi x over i
        y <- t
      }
    }
    net scalar source.main.x -> main.main.x capacity 2
    net scalar main.main.y -> y.main.x capacity 2
    """
    ran = run(body.replace("TOKENS", "4") + sink("y"))
    assert ran.pushes["main.main.y"] == [(4, 1), (6, 5)]
    assert ran.context("main.main").firings == 4
    outcome = run(body.replace("TOKENS", "3") + sink("y")).outcome
    assert isinstance(outcome, Deadlock)
    assert [(b.context, b.channel, b.reason) for b in outcome.blocked] == [(1, 0, "empty")]
