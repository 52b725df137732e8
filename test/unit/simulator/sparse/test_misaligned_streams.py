"""Streams that do not belong together stop both engines exactly where the semantics refuse them.

Where these do not, both send what they say.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest
from every_case import EVERY, place
from hypothesis import given, settings
from hypothesis import strategies as st
from primitive_cases import Case, Stream
from stream_bench import Bench
from walk_cases import _typed as typed

from rdu.semantics import sparse
from rdu.semantics.sparse import functions
from rdu.semantics.tokens import from_text, is_payload
from rdu.simulator.result import Fault

FUNCTIONS = {
    functions.operation(name, dtype): name
    for name in functions.REDUCTIONS
    for dtype in ("f32", "i32")
    if functions.takes(name, dtype)
}


def mask(case: Case, outer: Any, crds: Any, payloads: Any) -> Any:
    compare, (offset,) = getattr(operator, case.details["function"]), case.details["settings"]
    return sparse.mask(lambda i, j: compare(j, i + offset), outer, crds, payloads)


def reduce(case: Case, values: Any, outer: Any) -> Any:
    dtype = case.details["dtype"]
    function, identity = functions.reduction(FUNCTIONS[case.details["function"]], dtype)
    return sparse.reduce(function, identity, *typed(dtype, values), outer)


def accumulate(case: Case, reduced: Any, *rest: Any) -> Any:
    *crds, values = rest
    dtype = case.details["dtype"]
    function, identity = functions.reduction("add", dtype)
    zero, values = typed(dtype, values)
    return sparse.accumulate(function, identity, zero, reduced, crds, values)


def sort(case: Case, crds: Any, values: Any) -> Any:
    zero, values = typed(case.details["dtype"], values)
    descending, (keep,) = case.details["function"] == "descending", case.details["settings"]
    return list(sparse.sort(zero, crds, values, descending=descending, keep=keep))


def halves(streams: Any) -> tuple[list[Any], list[Any]]:
    return list(streams[: len(streams) // 2]), list(streams[len(streams) // 2 :])


def join(case: Case, like: Any, *branches: Any) -> Any:
    chunk, gap = case.details["settings"]
    return sparse.join(chunk, list(branches), like, gap)


def concat(case: Case, *streams: Any) -> Any:
    gap, *offsets = case.details["settings"]
    return sparse.concatenate(offsets, *halves(streams), gap)


def drop_bits(_: Case, *streams: Any) -> Any:
    words = [[t % (1 << 32) if is_payload(t) else t for t in stream] for stream in streams]
    kept = sparse.drop_bits(*words)
    return [[t - (t >> 31 << 32) if is_payload(t) else t for t in stream] for stream in kept]


RULES: Mapping[str, Callable[..., Any]] = {
    "mask": mask,
    "crd_drop": lambda case, i, j: sparse.drop_coordinates(i, j, *case.details["settings"]),
    "val_drop": lambda _, crds, values: sparse.drop_values(0, crds, values),
    "flatten": lambda case, i, j: sparse.flatten(*case.details["settings"], i, j),
    "repeat_like": lambda _, tokens, like: sparse.repeat(tokens, like),
    "reduce": reduce,
    "accumulate": accumulate,
    "sort": sort,
    "intersect": lambda _, *streams: sparse.intersect(*halves(streams)),
    "union": lambda _, *streams: sparse.unite(*halves(streams)),
    "join": join,
    "concat": concat,
    "bv_drop": drop_bits,
}
"""What each primitive makes of whole streams; ValueError if they do not fit together."""


def shape(stream: Stream) -> tuple[int, str]:
    return stream.depth, stream.dtype


def streams_of(result: Any) -> list[list[Any]]:
    """Return the streams of a result, which may be one, or several in lists."""
    if not isinstance(result[0], list):
        return [result]
    return [stream for part in result for stream in streams_of(part)]


def expected(case: Case, inputs: list[Stream]) -> list[list[Any]] | None:
    """Return the streams that the semantics give, None if they refuse."""
    try:
        return streams_of(RULES[case.kind](case, *(stream.tokens for stream in inputs)))
    except ValueError:
        return None


def sent(case: Case, inputs: list[Stream]) -> list[list[Any]] | None:
    """Run the primitive on both engines, which agree; return what it sends, None at a fault."""
    bench = Bench()
    for output in place(bench, case, inputs):
        (counted,) = bench.add("number", [output], ["i32"])
        room = (bench.tensor([0] * 300, output.dtype),)
        details = {"storage": "values", "tensors": room, "dtype": output.dtype}
        bench.add("write_values", [output, counted], **details)
    run = bench.run()
    if isinstance(run.outcome, Fault):
        return None
    return [run.tokens(f"{case.kind}.out{number}") for number in range(len(case.outputs))]


@pytest.mark.parametrize("kind", RULES)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_a_stream_of_another_case(kind: str, seed: int) -> None:
    random = Random(seed)
    case = EVERY[kind](random)
    inputs = list(case.inputs)
    number = random.randrange(len(inputs))
    for stranger in (EVERY[kind](random).inputs for _ in range(20)):
        if len(stranger) == len(inputs) and shape(stranger[number]) == shape(inputs[number]):
            inputs[number] = stranger[number]
            break
    assert sent(case, inputs) == expected(case, inputs)


SURPLUS = {
    "repeat_like": ("0 S0 D", "5 S0 S1 D", {}),
    "flatten": ("0 S0 D", "5 S0 S1 D", {"settings": (4,)}),
    "crd_drop": ("0 S0 D", "5 S0 S1 D", {"settings": (1,)}),
    "join": ("0 S0 D", "5 S0 S1 D", {"settings": (1, 1)}),
    "bv_drop": ("1 S0 D", "5 S0 S1 D", {}),
    "accumulate": ("0 S0 D", "5 S0 S1 D", {"function": "addi", "dtype": "i32"}),
}


@pytest.mark.parametrize("kind", SURPLUS)
def test_a_fiber_more_than_there_are_tokens_above(kind: str) -> None:
    """`S0` says that another fiber follows, an empty one here, for which nothing is above."""
    above, below, details = SURPLUS[kind]
    inputs = [Stream(from_text(above), 1), Stream(from_text(below), 2)]
    inputs += inputs[1:] if kind == "accumulate" else []
    outputs = [Stream([], 1)] * (1 if kind in ("flatten", "join", "repeat_like") else 2)
    case = Case(kind, inputs, outputs, details)
    assert expected(case, inputs) is None
    assert sent(case, inputs) is None


@pytest.mark.parametrize("values", ["5 S1 D", "5 S0 S1 D", "S0 S1 D"])
def test_values_under_no_token_are_not_lost(values: str) -> None:
    details = {"function": "addi", "dtype": "i32"}
    outer = "S0 D" if values == "5 S1 D" else "0 S0 D"
    inputs = [Stream(from_text(values), 2), Stream(from_text(outer), 1)]
    case = Case("reduce", inputs, [Stream([], 1)], details)
    assert expected(case, inputs) is None
    assert sent(case, inputs) is None
