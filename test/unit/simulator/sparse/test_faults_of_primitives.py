"""What streams and tensors forbid: both engines stop alike, at the firing that meets it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

import pytest
from every_case import EVERY, place
from hypothesis import event, given, settings
from hypothesis import strategies as st
from stream_bench import Bench
from walk_cases import ROOT

from rdu.semantics.tokens import from_text
from rdu.simulator.result import Fault

VALUE = -2
"""The code of a payload."""


class Broken(NamedTuple):
    """Inputs with their depths, and the fault: its kind, position, value and what was expected."""

    kind: str
    inputs: Sequence[tuple[str, int]]
    fault: tuple[str, int, int, int]
    outputs: int = 1
    details: dict[str, Any] = {}  # noqa: RUF012
    arrays: Sequence[Sequence[int]] = ()


COMPRESSED = {"storage": "compressed"}
BITS = {"storage": "bitvector", "extent": 40}
EXAMPLES = (
    Broken("lookup", [("3 D", 0)], ("index", 0, 3, 3), 2, COMPRESSED, [[0, 1, 2, 2], [4, 5]]),
    Broken("lookup", [("0 D", 0)], ("index", 1, 3, 3), 2, COMPRESSED, [[0, 3], [4, 5]]),
    Broken("lookup", [("0 D", 0)], ("index", 1, 2, 2), 2, COMPRESSED, [[2, 1], [4, 5]]),
    Broken("lookup", [("2 D", 0)], ("index", 0, 2, 2), 2, {"storage": "singleton"}, [[4, 5]]),
    Broken("lookup", [("1 D", 0)], ("index", 0, 1, 1), 2, {"storage": "dense", "extent": 1 << 30}),
    Broken("lookup", [("1 D", 0)], ("index", 1, 1, 1), 2, BITS, [[0, 1], [1, 0, 0, 0]]),
    Broken("lookup", [("1 D", 0)], ("index", 2, 4, 4), 2, BITS, [[0, 1, 1], [1, 0, 0]]),
    Broken("lookup", [("0 D", 0)], ("index", 1, -7, 2**31 - 39), 2, BITS, [[-7, 1], [1, 0]]),
    Broken(
        "locate",
        [("1 S0 D", 1), ("7 D", 0)],
        ("index", 0, 7, 1),
        1,
        COMPRESSED,
        [[0, 2], [4, 5]],
    ),
    Broken("bounds", [("2 D", 0)], ("index", 0, 2, 2), 2, {"storage": "segments"}, [[0, 4, 5]]),
    Broken("range", [("3 D", 0), ("2 D", 0)], ("value", 0, 3, 3)),
    Broken("range", [("-1 D", 0), ("2 D", 0)], ("value", 0, -1, 3)),
    Broken("range", [("3 S0 D", 1), ("2 S0 3 S1 D", 2)], ("value", 0, 3, 3)),
    Broken("range", [("1 S0 D", 1), ("2 S0 3 S1 D", 2)], ("stream", 1, VALUE, -1)),
    Broken("fetch", [("2 D", 0)], ("index", 0, 2, 2), 1, {"storage": "coordinates"}, [[4, 5]]),
    Broken("array", [("2 D", 0)], ("index", 0, 2, 2), 1, {"storage": "values"}, [[4, 5]]),
    Broken(
        "scatter", [("2 D", 0), ("7 D", 0)], ("index", 0, 2, 2), 0, {"storage": "values"}, [[4, 5]]
    ),
    Broken(
        "write_values",
        [("6 7 S0 D", 1), ("6 7 S0 D", 1)],
        ("index", 0, 1, 1),
        0,
        {"storage": "values"},
        [[0]],
    ),
    Broken(
        "write_fibers",
        [("6 7 S0 D", 1), ("0 D", 0)],
        ("index", 1, 1, 1),
        0,
        COMPRESSED,
        [[0, 0], [0]],
    ),
    Broken(
        "write_fibers",
        [("6 S0 7 S1 D", 2), ("0 1 S0 D", 1)],
        ("index", 0, 2, 2),
        0,
        COMPRESSED,
        [[0, 0], [0, 0]],
    ),
    Broken("repeat_like", [("7 S0 D", 1), ("1 S0 2 S1 D", 2)], ("stream", 0, 0, VALUE)),
    Broken("reduce", [("1 S1 D", 2), ("7 S1 D", 2)], ("stream", 1, 1, 0), 1, {"function": "addi"}),
    Broken(
        "apply", [("1 S0 D", 1), ("1 2 S0 D", 1)], ("stream", 1, VALUE, 0), 1, {"function": "addi"}
    ),
    Broken(
        "intersect",
        [("1 S1 D", 2), ("1 S0 D", 1), ("1 S1 D", 2), ("1 S0 D", 1)],
        ("stream", 1, 0, 1),
        3,
    ),
    Broken("union", [("1 S0 D", 1)] * 3 + [("1 2 S0 D", 1)], ("stream", 3, VALUE, 0), 3),
    Broken(
        "accumulate",
        [("1 S0 D", 1), ("1 S0 2 S1 D", 2), ("1 S0 2 S1 D", 2)],
        ("stream", 0, 0, VALUE),
        2,
        {"function": "addi"},
    ),
    Broken(
        "sort",
        [("1 S0 D", 1), ("1 2 S0 D", 1)],
        ("stream", 1, VALUE, 0),
        3,
        {"function": "ascending", "settings": (0,)},
    ),
    Broken(
        "sort",
        [("1 D", 0), ("1 D", 0)],
        ("stream", 0, -1, 0),
        3,
        {"function": "ascending", "settings": (0,)},
    ),
    Broken(
        "mask",
        [("1 S0 D", 1), ("1 S1 D", 2), ("1 S0 2 S1 D", 2)],
        ("stream", 2, 0, 1),
        2,
        {"function": "le", "settings": (0,)},
    ),
    Broken(
        "mask",
        [("1 S0 D", 1), ("1 S0 2 S1 D", 2), ("1 S0 2 S1 D", 2)],
        ("stream", 0, 0, VALUE),
        2,
        {"function": "le", "settings": (0,)},
    ),
    Broken(
        "crd_drop", [("1 2 S0 D", 1), ("1 S1 D", 2)], ("stream", 0, VALUE, 0), 2, {"settings": (1,)}
    ),
    Broken("crd_drop", [("1 S0 D", 1), ("1 S2 D", 3)], ("stream", 0, 0, 1), 2, {"settings": (1,)}),
    Broken("val_drop", [("1 S0 D", 1), ("1 2 S0 D", 1)], ("stream", 1, VALUE, 0), 2),
    Broken(
        "split", [("1 S0 D", 1), ("1 2 S0 D", 1)], ("stream", 1, VALUE, 0), 3, {"settings": (2, 0)}
    ),
    Broken(
        "flatten",
        [("1 S0 D", 1), ("1 S0 2 S1 D", 2)],
        ("stream", 0, 0, VALUE),
        1,
        {"settings": (2,)},
    ),
    Broken(
        "flatten",
        [("65536 S0 D", 1), ("7 S1 D", 2)],
        ("value", 1, 65536 * 65536 + 7, 2**31),
        1,
        {"settings": (65536,)},
    ),
    Broken(
        "concat",
        [("1 S0 D", 1), (f"{2**31 - 1} S0 D", 1), ("1 S0 D", 1), ("1 S0 D", 1)],
        ("value", 1, 2**31, 2**31),
        2,
        {"settings": (0, 0, 1)},
    ),
    Broken(
        "concat",
        [("1 S0 D", 1), ("1 S1 D", 2), ("1 S0 D", 1), ("1 S1 D", 2)],
        ("stream", 1, 1, 0),
        2,
        {"settings": (0, 0, 1)},
    ),
    Broken(
        "concat",
        [("1 S0 D", 1), ("1 S0 D", 1), ("1 S1 D", 2), ("1 S2 D", 3)],
        ("stream", 1, 0, 1),
        2,
        {"settings": (1, 0, 1)},
    ),
    Broken("join", [("1 S0 D", 1), ("1 S1 D", 2)], ("stream", 1, 1, 0), 1, {"settings": (1, 0)}),
    Broken(
        "join", [("1 2 S0 D", 1), ("1 S0 D", 1)], ("stream", 1, 0, VALUE), 1, {"settings": (1, 0)}
    ),
    Broken(
        "join", [("1 2 S0 D", 1), ("1 S1 D", 2)], ("stream", 0, VALUE, 0), 1, {"settings": (1, 1)}
    ),
    Broken("as_crd", [("3 4 S0 D", 1)], ("value", 0, 4, 4), 1, {"settings": (4, 0)}),
    Broken("as_crd", [("3 -1 S0 D", 1)], ("value", 0, -1, 4), 1, {"settings": (4, 0)}),
    Broken("as_crd", [("-4 -5 S0 D", 1)], ("value", 0, -5, 4), 1, {"settings": (4, 1)}),
    Broken("bv_build", [("32 S0 D", 1)], ("value", 0, 32, 32)),
    Broken(
        "bv_chunk",
        [("1 S0 D", 1), ("1 2 S0 D", 1)],
        ("stream", 1, VALUE, 0),
        2,
        {"settings": (4, 8)},
    ),
    Broken(
        "bv_intersect",
        [("1 S0 D", 1), ("1 2 S0 D", 1), ("1 S0 D", 1), ("1 2 S0 D", 1)],
        ("stream", 0, 0, VALUE),
        3,
    ),
    Broken(
        "bv_union",
        [("1 S0 D", 1), ("1 S0 D", 1), ("1 S0 D", 1), ("S0 D", 1)],
        ("stream", 3, 0, VALUE),
        3,
    ),
    Broken("bv_drop", [("5 S0 D", 1), ("1 S1 D", 2)], ("stream", 1, 1, 0), 2),
    Broken("bv_drop", [("1 1 S0 D", 1), ("1 S1 D", 2)], ("stream", 0, VALUE, 0), 2),
    Broken("bv_drop", [("1 S0 D", 1), ("1 S0 2 S1 D", 2)], ("stream", 1, VALUE, 1), 2),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.kind)
def test_faults(example: Broken) -> None:
    """The fault is found where its streams meet; it names the port, or the part of the storage."""
    bench = Bench()
    wires = [bench.source(from_text(text), depth) for text, depth in example.inputs]
    tensors = tuple(map(bench.tensor, example.arrays))
    number = len(bench.contexts)
    bench.test(example.kind, wires, ["i32"] * example.outputs, tensors=tensors, **example.details)
    outcome = bench.run().outcome
    assert isinstance(outcome, Fault), outcome
    found = (outcome.kind, outcome.position, outcome.value, outcome.expected)
    assert (outcome.context, found) == (number, example.fault)


@pytest.mark.parametrize("kind", EVERY)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_streams_of_two_cases(kind: str, seed: int) -> None:
    """Streams that do not belong together: whatever comes of it, both engines say the same."""
    random = Random(seed)
    case = EVERY[kind](random)
    inputs = list(case.inputs)
    number = random.randrange(len(inputs))
    strangers = (EVERY[kind](random).inputs for _ in range(20))
    fitting = [
        streams[number]
        for streams in strangers
        if len(streams) > number
        and streams[number].dtype == inputs[number].dtype
        and ROOT not in (streams[number], inputs[number])
    ]
    inputs[number] = next(iter(fitting), inputs[number])
    bench = Bench(random.choice((None, random)))
    for output in place(bench, case, inputs):
        (counted,) = bench.add("number", [output], ["i32"])
        room = (bench.tensor([0] * 200, output.dtype),)
        details = {"storage": "values", "tensors": room, "dtype": output.dtype}
        bench.add("write_values", [output, counted], **details)
    event(type(bench.run().outcome).__name__)
