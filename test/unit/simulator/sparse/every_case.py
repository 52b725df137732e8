"""Every sparse primitive that makes streams, and a case of it on a bench."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from bit_cases import BIT_CASES
from primitive_cases import CASES, Case, Stream
from stream_bench import ROOT, Bench, Wire
from vector_cases import VECTOR_CASES
from walk_cases import ROOT as ROOT_STREAM
from walk_cases import WALK_CASES

EVERY: Mapping[str, Callable[[Random], Case]] = {
    **WALK_CASES,
    **CASES,
    **BIT_CASES,
    "fold": VECTOR_CASES["fold"],
}
"""What makes a random case, by the primitive's word."""


def place(bench: Bench, case: Case, inputs: Sequence[Stream]) -> list[Wire]:
    """Add a case's primitive to a bench, with inputs that may be others; return its outputs."""
    wires = [source(bench, stream) for stream in inputs]
    details = dict(case.details)
    dtype = details.get("dtype", "i32")
    tensors = tuple(bench.tensor(array, dtype) for array in details.pop("arrays", ()))
    types = [stream.dtype for stream in case.outputs]
    widths = [stream.lanes for stream in case.outputs]
    return bench.test(case.kind, wires, types, widths, tensors=tensors, **details)


def source(bench: Bench, stream: Stream) -> Wire:
    """Add what sends a stream to a bench."""
    if stream is ROOT_STREAM:
        return ROOT
    if stream.lanes > 1:
        return bench.vectors(stream.tokens, stream.depth, stream.dtype, stream.lanes)
    return bench.source(stream.tokens, stream.depth, stream.dtype)
