"""Walks that are told where to go on: what an intersection gives stays, on fewer cycles."""

from __future__ import annotations

from random import Random
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.configuration import parse, verify
from rdu.simulator.simulate import EngineName, RunResult, simulate
from rdu.targets import load_machine

IDEAL = load_machine("sam-ideal")
ENGINES = get_args(EngineName)
FIBERS = 3

Rows = list[list[int]]


def text_of(rows: list[Rows], extent: int, capacity: str, answers: int | None) -> str:
    """Return an intersection of walks of compressed levels, of fibers 0, 1, ...; None: no skip.

    A side whose rows are empty altogether is dense.
    """
    width = len(rows)
    formals: list[str] = []
    units: list[str] = []
    nets: list[str] = []

    def deep(init: int) -> str:
        return capacity if capacity == "inf" else f"{max(init, int(capacity))}"

    def net(name: str, source: str, *sinks: tuple[str, int]) -> None:
        lines = "".join(
            f"    to {sink} capacity {deep(init)}" + (f" init {init}" if init else "") + "\n"
            for sink, init in sinks
        )
        nets.append(f"  net {name} scalar {source} {{\n{lines}  }}")

    def unit(kind: str, name: str, inputs: list[str], outputs: list[str], action: str) -> None:
        ports = [f"      in {port} : stream scalar i32 @pass" for port in inputs]
        ports += [f"      out {port} : stream scalar i32 @pass" for port in outputs]
        body = "\n".join([*ports, f"      {action}"])
        units.append(f"  {kind} {name} {{\n    context main {{\n{body}\n    }}\n  }}")

    unit("ag", "rows", [], ["r"], f"lookup root of dense({FIBERS}) -> _ r")
    net("r", "rows.main.r", *((f"walk{n}.main.r", 0) for n in range(width)))
    skips = answers is not None
    for n, side in enumerate(rows):
        storage = f"dense({extent})"
        if any(side):
            storage = f"compressed(s{n}, c{n})"
            total = sum(map(len, side))
            formals += [f"s{n} : i32[{FIBERS + 1}]", f"c{n} : i32[{total}]"]
        word, inputs = ("skip_lookup r s", ["r", "s"]) if skips else ("lookup r", ["r"])
        unit("ag", f"walk{n}", inputs, ["c", "p"], f"{word} of {storage} -> c p")
        ends = [(f"meet.main.c{n}", 0), *([(f"skip.main.c{n}", 0)] if skips else [])]
        net(f"c{n}", f"walk{n}.main.c", *ends)
        net(f"p{n}", f"walk{n}.main.p", (f"meet.main.p{n}", 0))
        if answers is not None:
            net(f"a{n}", f"skip.main.a{n}", (f"walk{n}.main.s", answers))
    crds, refs, outs, told = ([f"{w}{n}" for n in range(width)] for w in "cpoa")
    if skips:
        unit("pcu", "skip", crds, told, f"skip {' '.join(crds)} -> {' '.join(told)}")
    action = f"intersect {' '.join((*crds, *refs))} -> x {' '.join(outs)}"
    unit("pcu", "meet", [*crds, *refs], ["x", *outs], action)
    room = max(1, min(sum(map(len, side)) if any(side) else extent * FIBERS for side in rows))
    for name in ("x", *outs):
        formals.append(f"w{name} : i32[{room}]")
        unit("pcu", f"count_{name}", ["i"], ["n"], "number i -> n")
        unit("ag", f"store_{name}", ["v", "n"], [], f"write_values v n of values(w{name})")
        net(
            f"k{name}",
            f"meet.main.{name}",
            (f"count_{name}.main.i", 0),
            (f"store_{name}.main.v", 0),
        )
        net(f"n{name}", f"count_{name}.main.n", (f"store_{name}.main.n", 0))
    formals += [f"seg : i32[{FIBERS + 1}]", f"met : i32[{room}]"]
    unit("ag", "fibers", ["c", "r"], [], "write_fibers c r of compressed(seg, met)")
    nets[0] = nets[0].replace(
        "\n  }",
        f"\n    to fibers.main.r capacity {capacity if capacity == 'inf' else 4096}\n  }}",
    )
    index = next(i for i, text in enumerate(nets) if text.startswith("  net kx "))
    nets[index] = nets[index].replace("\n  }", f"\n    to fibers.main.c capacity {capacity}\n  }}")
    written = {"seg", "met", *(f"w{name}" for name in ("x", *outs))}
    tensors = [
        f"tensor {f} {'output' if f.split()[0] in written else 'input'} tier memory"
        for f in formals
    ]
    names = ", ".join(f"{f.split()[0]} = {f.split()[0]}" for f in formals)
    return "\n".join(
        [
            *("rdu 1", "machine sam-ideal", *tensors, ""),
            *(f"section s({', '.join(formals)}) {{", *units, *nets, "}", ""),
            *("host {", f"  run s({names})", "}", ""),
        ]
    )


def run(
    rows: list[Rows], extent: int, capacity: str, answers: int | None, engine: EngineName
) -> RunResult:
    program = parse(text_of(rows, extent, capacity, answers))
    assert [finding.message for finding in verify(program, IDEAL)] == []
    arrays = {}
    for n, side in enumerate(rows):
        if any(side):
            arrays[f"s{n}"] = np.cumsum([0, *map(len, side)]).astype(np.int32)
            arrays[f"c{n}"] = np.array([crd for row in side for crd in row], np.int32)
    return simulate(program, IDEAL, arrays, engine)


def some_rows(random: Random, extent: int) -> Rows:
    """Return fibers: empty, one coordinate, a range, a few, or all."""

    def row() -> list[int]:
        low = random.randrange(extent)
        few = sorted(random.sample(range(extent), random.randint(0, extent)))
        return random.choice(([], [low], list(range(low, extent)), few, list(range(extent))))

    return [row() for _ in range(FIBERS)]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_results_stay_and_engines_agree(seed: int) -> None:
    random = Random(seed)
    extent = random.choice((1, 5, 40))
    rows = [some_rows(random, extent) for _ in range(random.randint(2, 4))]
    capacity = random.choice(("inf", *map(str, range(1, 9))))
    plain = run(rows, extent, capacity, None, "native")
    answers = random.randint(1, 8)
    told = [run(rows, extent, capacity, answers, engine) for engine in ENGINES]
    for name, array in plain.outputs.items():
        assert np.array_equal(told[0].outputs[name], array), name
    assert told[0].sections == told[1].sections
    for name, array in told[0].outputs.items():
        assert np.array_equal(told[1].outputs[name], array), name


@pytest.mark.parametrize("engine", ENGINES)
def test_one_coordinate_against_all(engine: EngineName) -> None:
    extent = 1000
    rows: list[Rows] = [[[500], [999], []], [list(range(extent))] * FIBERS]
    plain = run(rows, extent, "inf", None, engine)
    told = run(rows, extent, "inf", 3, engine)
    assert plain.cycles > FIBERS * extent
    assert told.cycles < 60
