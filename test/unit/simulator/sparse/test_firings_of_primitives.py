"""The rule of each sparse primitive as a worked example: its firings, and the cycles they take."""

from __future__ import annotations

import pytest
from firing_table import INPUTS, OUTPUTS, ROOT_STREAM, Worked, pushes_of, read
from stream_bench import ROOT, Bench, Wire
from worked_bits import BITS
from worked_by_sam import BY_SAM
from worked_shapes import SHAPES
from worked_walks import WALKS

from rdu.configuration.sparse import FORMS
from rdu.semantics.dtypes import DType
from rdu.semantics.tokens import from_text, is_payload
from rdu.targets import load_machine

EXAMPLES = (*WALKS, *SHAPES, *BITS, *BY_SAM)


@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.kind)
def test_firings(example: Worked, depth: int) -> None:
    """Tokens leave when the table says; each line is a firing."""
    bench = Bench(depth=depth)

    def dtype(port: str) -> DType:
        return "f32" if port in example.values else "i32"

    def source(port: str, stream: tuple[str, int]) -> Wire:
        if stream is ROOT_STREAM:
            return ROOT
        lanes = example.lanes if port == INPUTS[0] else 1
        if lanes == 1:
            return bench.source(*stream, dtype(port))
        tokens = [tuple(range(t, t + lanes)) if is_payload(t) else t for t in from_text(stream[0])]
        return bench.vectors(tokens, stream[1], dtype(port), lanes)

    wires = [source(port, stream) for port, stream in zip(INPUTS, example.inputs, strict=False)]
    tensors = tuple(map(bench.tensor, example.arrays))
    types = [dtype(port) for port in OUTPUTS[: example.outputs]]
    number = len(bench.contexts)
    outputs = bench.test(example.kind, wires, types, tensors=tensors, **example.details)
    table = read(example.table)
    for n, wire in enumerate(outputs):
        tokens = [token for firing in table for port, token in firing.gives if port == n]
        bench.check(wire, tokens, max([-1, *(getattr(t, "level", -1) for t in tokens)]) + 1)
    run = bench.run_and_check()
    channels = [port.channel for port in bench.contexts[number].inputs]
    arrivals = [
        [time + 1 for time, _ in pushes]
        for channel in channels
        for (_, known), pushes in run.pushes.items()
        if known == channel
    ]
    limit = None if FORMS[example.kind].in_memory else depth
    expected = pushes_of(table, arrivals, depth, limit)
    assert run.context(example.kind).firings == len(table)
    for n in range(example.outputs):
        assert run.left(f"{example.kind}.out{n}") == expected[n]


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.sam], ids=lambda e: e.kind)
def test_cycles_are_those_of_sam(example: Worked) -> None:
    """With a token an input a cycle, the first and the last token leave when SAM's do."""
    machine = load_machine("sam-ideal")
    assert machine.sparse is not None
    depth = machine.sparse.depth_of(example.kind, machine.pcu.lanes)
    arrivals = [range(len(from_text(stream))) for stream, _ in example.inputs]
    left = pushes_of(read(example.table), arrivals, depth, limit=None)
    times = [time for pushes in left for time, _ in pushes]
    assert (min(times), max(times)) == example.sam


def test_every_primitive_has_an_example() -> None:
    assert {example.kind for example in EXAMPLES} == set(FORMS)
