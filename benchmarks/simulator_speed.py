"""How many firings a second the native engine makes, on one core.

A chain of PCU contexts passes tokens on through FIFOs of 16: scalars with one operation a context,
or vectors of 16 lanes with six. Every context pops a token, computes and pushes one each firing.
"""

from __future__ import annotations

import argparse
import json
import time

from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.result import SectionResult
from rdu.simulator.specification import (
    ChannelSpec,
    ContextSpec,
    ElaboratedSection,
    Input,
    Level,
    Output,
    Step,
    TierSpec,
)

LANES = 16
CONTEXTS = 16
OPERATIONS = ("mulf", "addf", "subf", "maximumf", "mulf", "addf")


def chain(kind: str, operations: tuple[str, ...], tokens: int) -> ElaboratedSection:
    """Return a source, `CONTEXTS` contexts that apply operations, and a sink, in a row.

    Args:
        kind: of the tokens, `scalar` or `vector`.
        operations: binary f32 operations of each context, each on the last result and a constant.
        tokens: how many.
    """
    last = CONTEXTS + 1
    vector = kind == "vector"
    par = LANES if vector else 1
    levels = (Level(0, tokens * par, 1, par, tokens),)
    contexts: list[ContextSpec] = []
    for i in range(last + 1):
        inputs = (Input("x", i - 1, 1, kind, "f32"),) if i else ()
        first = len(inputs) + 1
        # Registers: the input, the counter, a constant, then a result for each operation.
        constants = ((first, 1.5),)
        results = range(first + 1, first + 1 + len(operations))
        steps = tuple(
            Step(name, (r - 1 if r > results.start else 0, first), r, -1, -1, tree=False)
            for name, r in zip(operations, results, strict=True)
        )
        if not i:
            steps = (Step("sitofp", (0,), results.start, -1, -1, tree=False),)
        outputs = (Output("y", (i,), 1, kind, "f32", steps[-1].result),) if i < last else ()
        contexts.append(
            ContextSpec(
                name=f"c{i}",
                kind="compute",
                levels=levels,
                vector_level=int(vector),
                repeat=1,
                depth=len(steps),
                inputs=inputs,
                outputs=outputs,
                constants=constants,
                steps=steps,
                registers=(*("f32" for _ in inputs), "i32", "f32", *("f32" for _ in results)),
                access=None,
                source=None,
            )
        )
    channels = tuple(ChannelSpec(f"n{i}", kind, 16, 0, 1, i, i + 1) for i in range(last))
    tier = TierSpec("dram", 1, 64, 64, 64, 1)
    return ElaboratedSection("chain", LANES, 16, tuple(contexts), channels, (), (), tier)


def firings_per_second(section: ElaboratedSection) -> float:
    """Run a section on the native engine; return its firings over the seconds that it took."""
    start = time.perf_counter()
    result = NativeEngine().run(section, [])
    seconds = time.perf_counter() - start
    assert isinstance(result, SectionResult)
    return sum(c.firings for c in result.contexts) / seconds


def main() -> None:
    """Measure, take the best of three, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--tokens", type=int, default=500_000, help="tokens through each chain")
    options = parser.parse_args()
    measured = {
        "scalar_firings_per_s": chain("scalar", ("addf",), options.tokens),
        "vector_firings_per_s": chain("vector", OPERATIONS, options.tokens // 4),
    }
    best = {
        name: max(firings_per_second(section) for _ in range(3))
        for name, section in measured.items()
    }
    if options.json:
        print(json.dumps(best))
        return
    for name, rate in best.items():
        print(f"{name:24}{rate / 1e6:8.1f} M")


if __name__ == "__main__":
    main()
