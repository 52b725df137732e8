"""Random programs of tensor index notation run on the fabric and compute what NumPy does."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from notation_programs import Maker

from rdu.frontends.sparse.notation import parse_program
from rdu.sparse import compile_expression
from rdu.support.diagnostics import RduError

EXACT = 2**20
"""Whole numbers up to here are exact in f32, with the sums on the way."""

REFUSED = (
    "has no order of its loops",
    "accumulates over",
    "is not supported",
    "merges a level",
    "as it is written",
)
"""What storage in a conflicting order, or lists of points, may lead to."""


def run(data):
    maker = Maker(data.draw)
    made = [maker.statement(f"r{number}") for number in range(data.draw(st.integers(1, 2)))]
    assume(all(statement.bound < EXACT for statement in made))
    text = ";".join(statement.text for statement in made)
    read = {access.tensor for access in parse_program(text).inputs}
    dtype = data.draw(st.sampled_from([np.float32, np.int32]))
    inputs = {name: array.astype(dtype) for name, array in maker.inputs.items() if name in read}
    assume(inputs)
    formats = {
        name: data.draw(st.text("ds", min_size=array.ndim, max_size=array.ndim))
        for name, array in inputs.items()
        if array.ndim
    }
    shapes = {statement.name: statement.result.shape for statement in made}
    fusion = data.draw(st.sampled_from(["none", "auto", "full"]))
    depth = data.draw(st.sampled_from([None, 1, 2, 8]))
    lanes = data.draw(st.sampled_from([1, 1, 2, 3, 16]))
    try:
        artifact = compile_expression(
            text,
            inputs,
            formats=formats,
            shapes=shapes,
            fusion=fusion,
            fifo_depth=depth,
            lanes=lanes,
        )
    except RduError as refusal:
        messages = [each.message for each in refusal.diagnostics]
        if not all(any(word in message for word in REFUSED) for message in messages):
            pytest.fail(str(refusal))
        event("refused")
        return
    event("run")
    tensor, _ = artifact.run()
    expected = made[-1].result.astype(dtype)
    np.testing.assert_array_equal(tensor.to_dense().reshape(expected.shape), expected)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_expressions(data):
    run(data)


@pytest.mark.long
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_many_random_expressions(data):
    run(data)
