"""How many firings a second the native engine makes, on one core.

Four graphs of PCU contexts that fire on every token, with FIFOs of 8 and the account that every run
keeps. Each is a configuration that is checked and simulated as `rdu-sim` would do it.

* chain: 64 contexts in a row, one scalar operation each;
* fork: a source, three contexts side by side, one that joins them;
* credits: a producer that takes a credit for each token, a consumer that gives it back;
* vector: 16 contexts in a row, six f32 operations each on vectors of 16 lanes.

`scalar_firings_per_s` is the lowest of the first three.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence

from rdu.configuration import Program, parse
from rdu.simulator.simulate import simulate
from rdu.targets import load_machine

CAPACITY = 8
LANES = 16
CHAIN = 64
VECTOR_CHAIN = 16
WIDTH = 3
OPERATIONS = ("mulf", "addf", "subf", "maximumf", "mulf", "addf")

Net = tuple[str, Sequence[str], int]  # output port, input ports, tokens at the start


def pcu(name: str, count: str, ports: Sequence[str], body: Sequence[str]) -> str:
    """Return a PCU with one context of one counter."""
    lines = "\n".join((count, *ports, *body))
    return f"pcu {name} {{\ncontext main {{\n{lines}\n}}\n}}\n"


def program(units: Sequence[str], nets: Sequence[Net], kind: str = "scalar") -> Program:
    """Return a program of one section; nets that start with tokens carry control tokens."""
    text = "rdu 1\nmachine plasticine\nsection bench() {\n" + "".join(units)
    for i, (source, sinks, init) in enumerate(nets):
        carried, suffix = ("control", f" init {init}") if init else (kind, "")
        text += f"net n{i} {carried} {source} {{\n"
        text += "".join(f"to {sink} capacity {CAPACITY}{suffix}\n" for sink in sinks)
        text += "}\n"
    return parse(text + "}\nhost {\nrun bench()\n}\n")


def chain(firings: int, contexts: int, operations: Sequence[str], kind: str = "scalar") -> Program:
    """Return contexts in a row; each applies operations to its last result and a constant."""
    tokens = firings // contexts
    vector = kind == "vector"
    count = f"count i 0..{tokens * LANES} par {LANES}" if vector else f"count i 0..{tokens}"
    steps = [f"v{k + 1} = {op} v{k} 1.5" for k, op in enumerate(operations)]
    result = f"v{len(steps)}"
    out, drive = f"out y : {kind} f32 @i", f"y <- {result}"
    units = [pcu("c0", count, [out], ["v1 = sitofp i", *steps[1:], drive])]
    for k in range(1, contexts):
        first = steps[0].replace("v0", "x", 1)
        last = k == contexts - 1
        ports = [f"in x : {kind} f32 @i", *([] if last else [out])]
        body = [first, *steps[1:], *([] if last else [drive])]
        units.append(pcu(f"c{k}", count, ports, body))
    nets = [(f"c{k}.main.y", [f"c{k + 1}.main.x"], 0) for k in range(contexts - 1)]
    return program(units, nets, kind)


def fork(firings: int) -> Program:
    """Return a source, `WIDTH` contexts side by side, and one that adds up what they make."""
    count = f"count i 0..{firings // (WIDTH + 2)}"
    sides = range(WIDTH)
    through = ["in x : scalar f32 @i", "out y : scalar f32 @i"]
    units = [
        pcu("source", count, ["out y : scalar f32 @i"], ["v = sitofp i", "y <- v"]),
        *(pcu(f"side{k}", count, through, [f"v = addf x {k}.5", "y <- v"]) for k in sides),
        pcu(
            "join",
            count,
            [f"in x{k} : scalar f32 @i" for k in sides],
            ["v1 = addf x0 x1", *(f"v{k} = addf v{k - 1} x{k}" for k in sides[2:])],
        ),
    ]
    fan_out = ("source.main.y", [f"side{k}.main.x" for k in sides], 0)
    fan_in = [(f"side{k}.main.y", [f"join.main.x{k}"], 0) for k in sides]
    return program(units, [fan_out, *fan_in])


def credits(firings: int) -> Program:
    """Return a producer and a consumer with as many credits as the FIFO holds."""
    count = f"count i 0..{firings // 2}"
    units = [
        pcu(
            "producer",
            count,
            ["in credit : control @i", "out y : scalar f32 @i"],
            ["v = sitofp i", "y <- v"],
        ),
        pcu(
            "consumer",
            count,
            ["in x : scalar f32 @i", "out credit : control @i"],
            ["v = addf x 1.5"],
        ),
    ]
    tokens = ("producer.main.y", ["consumer.main.x"], 0)
    back = ("consumer.main.credit", ["producer.main.credit"], CAPACITY)
    return program(units, [tokens, back])


def firings_per_second(made: Program) -> float:
    """Simulate a program; return its firings over the seconds that it took."""
    machine = load_machine(made.machine)
    start = time.perf_counter()
    result = simulate(made, machine, {})
    seconds = time.perf_counter() - start
    return sum(c.firings for s in result.sections for c in s.contexts) / seconds


def main() -> None:
    """Measure, take the best of each, and print a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--firings", type=int, default=20_000_000, help="of each scalar graph")
    parser.add_argument("--runs", type=int, default=3, help="of each graph; the best counts")
    options = parser.parse_args()
    firings: int = options.firings
    graphs = {
        "chain": chain(firings, CHAIN, ("addf",)),
        "fork": fork(firings),
        "credits": credits(firings),
        "vector": chain(firings // 4, VECTOR_CHAIN, OPERATIONS, "vector"),
    }
    best = {
        name: max(firings_per_second(made) for _ in range(options.runs))
        for name, made in graphs.items()
    }
    scalar = min(best["chain"], best["fork"], best["credits"])
    if options.json:
        print(json.dumps({"scalar_firings_per_s": scalar, "vector_firings_per_s": best["vector"]}))
        return
    for name, rate in best.items():
        print(f"{name:8}{rate / 1e6:8.1f} M firings/s")


if __name__ == "__main__":
    main()
