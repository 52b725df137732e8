"""Random programs, formats and loop orders: what runs is what an evaluator of the test says."""

import re

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from notation_programs import Maker

from rdu.frontends.sparse.notation import parse_program, to_linalg
from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, verify
from rdu.support.diagnostics import RduError

CONTEXT = make_context()
EXACT = 2**24
"""Up to here f32 has every integer."""


@given(st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_programs(data):
    maker = Maker(data.draw)
    made = [maker.statement(f"r{number}") for number in range(data.draw(st.integers(1, 3)))]
    assume(all(statement.bound < EXACT for statement in made))
    text = data.draw(st.sampled_from(["\n", " ; "])).join(statement.text for statement in made)
    program = parse_program(text)
    read = {access.tensor for access in program.inputs}
    inputs = {tensor: array for tensor, array in maker.inputs.items() if tensor in read}
    results = {statement.name: statement.result for statement in made}
    shapes = {tensor: array.shape for tensor, array in {**inputs, **results}.items()}
    orders = {
        each.result.tensor: data.draw(st.permutations(each.variables))
        for each in program.statements
        if data.draw(st.booleans())
    }
    element = data.draw(st.sampled_from(["f32", "i32"]))
    module = to_linalg(
        text,
        shapes,
        formats={tensor: data.draw(formats(len(shape))) for tensor, shape in shapes.items()},
        order=orders,
        dtype=element,
        results=list(results),
        context=CONTEXT,
    )
    dtype = np.float32 if element == "f32" else np.int32
    found = run(module, {tensor: array.astype(dtype) for tensor, array in inputs.items()})
    assert list(found) == list(results)
    for name, result in results.items():
        np.testing.assert_array_equal(found[name], result, err_msg=text)


TOKENS = re.compile(r"\w+|\S|\n")
STATEMENTS = """
x(i) = A(i,j) * B(j,k) - max[j](A(i,j) + b) * c(i)
Y(k,i) = (x(i) + A(i,j)) / relu(B(j,k)) - 2
z = Y(k,i) * max(B(j,k), 1.5) + sum[i](c(i))
"""


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_damaged_programs_are_lowered_or_refused(data):
    """Whatever a text says, nothing but an RduError comes out of it."""
    tokens = TOKENS.findall(STATEMENTS)
    for _ in range(data.draw(st.integers(1, 4))):
        where, other = (data.draw(st.integers(0, len(tokens) - 1)) for _ in range(2))
        tokens[where : where + data.draw(st.integers(0, 1))] = [tokens[other]]
    shapes = {"A": (2, 3), "B": (3, 4), "b": (), "c": (2,)}
    letters = st.text("dsq:01,", max_size=5)
    given_formats = data.draw(st.dictionaries(st.sampled_from("ABbcxYz"), letters, max_size=2))
    orders = data.draw(st.dictionaries(st.sampled_from("xYz"), st.text("ijk", max_size=3)))
    try:
        module = to_linalg(
            " ".join(tokens), shapes, formats=given_formats, order=orders, context=CONTEXT
        )
    except RduError as wrong:
        assert all(each.message for each in wrong.diagnostics)  # noqa: PT017
    else:
        verify(module)


@st.composite
def formats(draw, rank):
    letters = draw(st.text("ds", min_size=rank, max_size=rank))
    order = draw(st.permutations(range(rank)))
    return f"{letters}:{','.join(map(str, order))}" if rank else ""
