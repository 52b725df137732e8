"""Every sparse primitive that makes streams, and a case of it on a bench."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from bit_cases import BIT_CASES
from primitive_cases import CASES, Case, Stream
from stream_bench import ROOT, Bench, Wire
from walk_cases import ROOT as ROOT_STREAM
from walk_cases import WALK_CASES

EVERY: Mapping[str, Callable[[Random], Case]] = {**WALK_CASES, **CASES, **BIT_CASES}
"""What makes a random case, by the primitive's word."""


def place(bench: Bench, case: Case, inputs: Sequence[Stream]) -> list[Wire]:
    """Add a case's primitive to a bench, with inputs that may be others; return its outputs."""
    wires = [ROOT if s is ROOT_STREAM else bench.source(s.tokens, s.depth, s.dtype) for s in inputs]
    details = dict(case.details)
    dtype = details.get("dtype", "i32")
    tensors = tuple(bench.tensor(array, dtype) for array in details.pop("arrays", ()))
    types = [stream.dtype for stream in case.outputs]
    return bench.test(case.kind, wires, types, tensors=tensors, **details)
