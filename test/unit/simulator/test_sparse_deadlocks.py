"""Sparse primitives that wait in a circle: what is said of it is so, and its remedy ends it."""

from __future__ import annotations

import re
from typing import get_args

import numpy as np
import pytest

from rdu.configuration import parse
from rdu.simulator.deadlock import remedy
from rdu.simulator.simulate import EngineName, RunResult, simulate
from rdu.support.diagnostics import Diagnostic, ExitCode, RduError
from rdu.targets import load_machine

ROWS, COLUMNS = 3, 20
IDEAL = load_machine("sam-ideal")
VALUES = np.random.default_rng(0).integers(1, 9, ROWS * COLUMNS).astype(np.int32)
ENGINES = get_args(EngineName)

TEXT = f"""
rdu 1
machine sam-ideal
tensor a : i32[{ROWS * COLUMNS}] input tier memory
tensor x : i32[{ROWS * COLUMNS}] output tier memory

section scales(a : i32[{ROWS * COLUMNS}], x : i32[{ROWS * COLUMNS}]) {{
  ag rows {{
    context main {{
      out i : stream scalar i32 @pass
      out r : stream scalar i32 @pass
      lookup root of dense({ROWS}) -> i r
    }}
  }}
  ag columns {{
    context main {{
      in r : stream scalar i32 @pass
      out at : stream scalar i32 @pass
      lookup r of dense({COLUMNS}) -> _ at
    }}
  }}
  ag values {{
    context main {{
      in at : stream scalar i32 @pass
      out v : stream scalar i32 @pass
      array at of values(a) -> v
    }}
  }}
  pcu sums {{
    context main {{
      in v : stream scalar i32 @pass
      in i : stream scalar i32 @pass
      out s : stream scalar i32 @pass
      reduce addi v i -> s
    }}
  }}
  pcu again {{
    context main {{
      in s : stream scalar i32 @pass
      in v : stream scalar i32 @pass
      out s2 : stream scalar i32 @pass
      repeat_like s v -> s2
    }}
  }}
  pcu scales {{
    context main {{
      in v : stream scalar i32 @pass
      in s : stream scalar i32 @pass
      out x : stream scalar i32 @pass
      apply muli v s -> x
    }}
  }}
  ag stores {{
    context main {{
      in x : stream scalar i32 @pass
      in at : stream scalar i32 @pass
      scatter at x of values(x)
    }}
  }}
  net i scalar rows.main.i {{
    to sums.main.i capacity 8
  }}
  net r scalar rows.main.r {{
    to columns.main.r capacity 8
  }}
  net at scalar columns.main.at {{
    to values.main.at capacity 8
    to stores.main.at capacity LONG
  }}
  net v scalar values.main.v {{
    to sums.main.v capacity 8
    to again.main.v capacity LONG
    to scales.main.v capacity LONG
  }}
  net s scalar sums.main.s {{
    to again.main.s capacity 8
  }}
  net s2 scalar again.main.s2 {{
    to scales.main.s capacity 8
  }}
  net x scalar scales.main.x {{
    to stores.main.x capacity 8
  }}
}}

host {{
  run scales(a = a, x = x)
}}
"""
"""Each value times the sum of its row, which is known when the whole row has gone by."""

LONG = {
    "columns.main.at -> stores.main.at",
    "values.main.v -> again.main.v",
    "values.main.v -> scales.main.v",
}


def run(capacity: int, engine: EngineName) -> tuple[RunResult, list[Diagnostic]]:
    said: list[Diagnostic] = []
    program = parse(TEXT.replace("LONG", str(capacity)))
    return simulate(program, IDEAL, {"a": VALUES}, engine, warn=said.append), said


def deadlock(capacity: int, engine: EngineName) -> str:
    with pytest.raises(RduError) as caught:
        run(capacity, engine)
    assert caught.value.exit_code is ExitCode.DEADLOCK
    return caught.value.render()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_row_of_room_is_enough(engine: EngineName) -> None:
    result, said = run(COLUMNS, engine)
    rows = VALUES.reshape(ROWS, COLUMNS)
    assert result.outputs["x"].tolist() == (rows * rows.sum(1, keepdims=True)).ravel().tolist()
    assert said == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("capacity", [1, 8, COLUMNS - 1])
def test_the_report_names_the_circle_and_the_room(capacity: int, engine: EngineName) -> None:
    text = deadlock(capacity, engine)
    waits = re.findall(r"'([\w.]+)' waits for (a token|room) on '([\w.]+) -> ([\w.]+)' holding "
                       r"(\d+) of (\d+)", text)  # fmt: skip
    assert f"a circular wait of {len(waits)} contexts" in text
    others = [*waits[1:], *waits[:1]]
    for (who, what, source, sink, fill, room), (other, *_) in zip(waits, others, strict=True):
        ends = (source, sink) if what == "room" else (sink, source)
        assert (ends[0].startswith(who), ends[1].startswith(other)) == (True, True)
        assert fill == (room if what == "room" else "0")
    found = re.findall(r"(\d+) instead of (\d+) on '([\w. >-]+)'", text)
    assert {(int(need), int(have)) for need, have, _ in found} == {(COLUMNS, capacity)}
    assert {name for *_, name in found} == LONG
    assert "none of them can be lowered alone" in text


def test_both_engines_say_the_same() -> None:
    assert deadlock(8, "native") == deadlock(8, "python")


def test_the_search_is_bounded_where_data_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs take firings that nothing but a run tells; when they are used up, less is claimed."""
    monkeypatch.setattr(remedy, "FIRINGS", {"native": 30 * ROWS * COLUMNS, "python": 0})
    assert "lower ones may do" in deadlock(8, "native")
    monkeypatch.setattr(remedy, "FIRINGS", {"native": 0, "python": 0})
    assert "were not found in reasonable time" in deadlock(8, "native")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stream_that_disagrees_with_the_root_is_told_from_a_port(engine: EngineName) -> None:
    text = TEXT.replace("LONG", "99").replace("repeat_like s v", "repeat_like root v")
    text = text.replace("      in s : stream scalar i32 @pass\n      in v", "      in v", 1)
    text = re.sub(r"    to again.main.s capacity 8", "    to other.main.s capacity 8", text)
    other = "  ag other {\n    context main {\n      in s : stream scalar i32 @pass\n"
    other += (
        "      in at : stream scalar i32 @pass\n      write_values s at of values(x)\n    }\n  }\n"
    )
    text = text.replace("  ag stores {", f"{other}  ag stores {{")
    text = text.replace(
        "    to sums.main.i capacity 8",
        "    to sums.main.i capacity 8\n    to other.main.at capacity 8",
    )
    with pytest.raises(RduError, match="stream 'root' disagrees: expected a value, got done"):
        simulate(parse(text), IDEAL, {"a": VALUES}, engine)
