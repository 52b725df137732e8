"""Graphs of Comal and FuseFlow: written by hand as these do, executed, and refused by operator."""

import numpy as np
import pytest
from comal_graphs import comal
from sam_graphs import CASES
from sam_text import Graph

from rdu.frontends.sparse.graphs import read_dot, read_tortilla, write_tortilla
from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.support.diagnostics import RduError

LOOKUP = {"format": "compressed"}


def lookup(tensor, mode, ref, child, crd, form="compressed"):
    return "fiber_lookup", {
        "input_ref": ref,
        "output_ref": child,
        "output_crd": crd,
        "tensor": tensor,
        "mode": mode,
        "format": form,
    }


def spread(kind, source, *copies):
    return "broadcast", {kind: {"input": source, "outputs": list(copies)}}


ROW_SUMS = [
    ("root", {"output_ref": 1}),
    lookup("B", 0, 1, 2, 1),
    lookup("B", 1, 2, 3, 0),
    ("array", {"tensor": "B", "input_ref": 3, "output_val": 1}),
    ("reduce", {"input_val": 1, "output_val": 2}),
    ("fiber_write", {"input_crd": 1, "tensor": "X"}),
    ("val_write", {"input_val": 2}),
]
"""X(i) = B(i,j), without formats in the program's name, as FuseFlow writes it."""


def sums(*changes, **options):
    """Return the row sums with operators changed: pairs of a number and fields, or an operator."""
    operators = list(ROW_SUMS)
    for number, change in changes:
        kind, fields = operators[number]
        operators[number] = change if isinstance(change, tuple) else (kind, fields | change)
    return comal(*operators, **options)


def matrix(*shape, seed=0):
    rng = np.random.default_rng(seed)
    return ((rng.random(shape) < 0.5) * rng.integers(-4, 5, shape)).astype(np.float32)


def compute(data, **arrays):
    module = read_tortilla(data, shapes={name: array.shape for name, array in arrays.items()})
    (result,) = run(module, arrays).values()
    return result


def test_formats_follow_from_lookups():
    b = matrix(4, 5)
    np.testing.assert_array_equal(compute(sums(), B=b), b.sum(1))


def test_modes_are_dimensions():
    b = matrix(4, 5)
    columns = sums((1, {"mode": 1}), (2, {"mode": 0}))
    np.testing.assert_array_equal(compute(columns, B=b), b.sum(0))
    declared = sums((1, {"mode": 1}), (2, {"mode": 0}), formats="X=s0,B=ss10")
    np.testing.assert_array_equal(compute(declared, B=b), b.sum(0))


def test_reductions_and_functions():
    b = np.abs(matrix(4, 5)) + 1
    largest = sums((4, {"reduce_type": "MAX"}))
    np.testing.assert_array_equal(compute(largest, B=b), b.max(1))
    stage = {"stages": [{"op": "SCALARMUL", "inputs": [0]}], "scalar": 2.5}
    scaled = ("alu", {"vals": {"inputs": [2], "output": 3}, **stage})
    data = comal(*ROW_SUMS[:-1], scaled, ("val_write", {"input_val": 3}))
    np.testing.assert_array_equal(compute(data, B=b), b.sum(1) * np.float32(2.5))
    named = ("func", {"name": "relu", "input_val": 2, "output_val": 3})
    data = comal(*ROW_SUMS[:-1], named, ("val_write", {"input_val": 3}))
    np.testing.assert_array_equal(compute(data, B=-b), np.zeros(4, np.float32))


def test_a_location_reads_the_dense_tensor_that_uses_it():
    """X(i) = B(i) C(i), where C is located rather than joined."""
    data = comal(
        ("root", {"output_ref": 1}),
        lookup("B", 0, 1, 2, 1),
        (
            "locate",
            {"input_crd": 1, "input_ref": 2, "output_ref1": 3, "output_ref2": 4, "output_crd": 2},
        ),
        ("array", {"tensor": "C", "input_ref": 3, "output_val": 1}),
        ("array", {"tensor": "B", "input_ref": 4, "output_val": 2}),
        ("alu", {"vals": {"inputs": [1, 2], "output": 3}, "stages": [{"op": "ELEMMUL"}]}),
        ("fiber_write", {"input_crd": 2, "tensor": "X"}),
        ("val_write", {"input_val": 3}),
    )
    b, c = matrix(9), matrix(9, seed=1)
    np.testing.assert_array_equal(compute(data, B=b, C=c), b * c)


def test_branches_are_brought_together():
    """X(i,j) = B(i,j) in two branches of rows, which are joined in the order of the fork."""
    branches = [
        step
        for n in (0, 1)
        for step in (
            lookup("B", 1, 4 + n, 6 + n, 2 + n),
            ("array", {"tensor": "B", "input_ref": 6 + n, "output_val": 1 + n}),
        )
    ]
    data = comal(
        ("root", {"output_ref": 1}),
        lookup("B", 0, 1, 3, 1),
        ("fork", {"ref": {"input": 3, "outputs": [4, 5]}}),
        *branches,
        ("join", {"crd": {"inputs": [2, 3], "output": 4}}),
        ("join", {"val": {"inputs": [1, 2], "output": 3}}),
        ("fiber_write", {"input_crd": 1, "tensor": "X"}),
        ("fiber_write", {"input_crd": 4, "tensor": "X"}),
        ("val_write", {"input_val": 3}),
    )
    b = matrix(7, 5)
    np.testing.assert_array_equal(compute(data, B=b), b)
    module = read_tortilla(data, shapes={"B": (7, 5)})
    again = write_tortilla(module)
    assert str(read_tortilla(again)) == str(module)


def test_values_are_joined_and_repeated():
    """X(i) = B(i) + 2 B(i), joined by their values; then the sum is repeated by itself."""
    twice = {"stages": [{"op": "ADD", "inputs": [0, 1]}]}
    data = comal(
        ("root", {"output_ref": 1}),
        lookup("B", 0, 1, 2, 1),
        spread("crd", 1, 2, 3),
        ("array", {"tensor": "B", "input_ref": 2, "output_val": 1}),
        spread("val", 1, 2, 3),
        (
            "joiner",
            {
                "join_type": "UNION",
                "input_pairs": [
                    {"crd": 2, "in_ref": {"val_stream": 2}},
                    {"crd": 3, "in_ref": {"val_stream": 3}},
                ],
                "output_refs": [{"val_stream": 4}, {"val_stream": 5}],
                "output_crd": 4,
            },
        ),
        ("alu", {"vals": {"inputs": [4, 5], "output": 6}, **twice}),
        ("fiber_write", {"input_crd": 4, "tensor": "X", "mode_val": "0"}),
        ("val_write", {"input_val": 6}),
    )
    b = matrix(8)
    np.testing.assert_array_equal(compute(data, B=b), 2 * b)


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        (
            sums((4, ("gen_ref", {"input_crd": 1, "output_ref": 2}))),
            ["'gen_ref' (id 5) has no mean"],
        ),
        (sums((4, ("coord_mask", {}))), ["'coord_mask' (id 5) has no meaning here"]),
        (sums((4, ("concat", {}))), ["'concat' (id 5) has no meaning here"]),
        (sums((4, {"reduce_type": "ADDSUM"})), ["'reduce' (id 5) is ADDSUM, which has no"]),
        (sums((3, {"blocked": True})), ["'array' (id 4) computes with blocks of values"]),
        (sums((3, {"stream_shape": 16})), ["'array' (id 4) computes with blocks of values"]),
        (sums((2, {"input_ref": 9})), ["'fiber_lookup' (id 3) reads stream 9 'ref', which nobody"]),
        (sums((2, {"input_ref": 0})), ["'fiber_lookup' (id 3) has no ref: expected a stream"]),
        (sums((2, {"output_ref": 2})), ["sends stream 2 'ref', as another operator does"]),
        (
            sums((2, {"input_ref": 1})),
            ["'fiber_lookup' (id 3) reads stream 1 'ref', as operator 'fiber_lookup' (id 2) does"],
        ),
        (sums((5, {"mode_val": "x"})), ["'fiber_write' (id 6) has mode 'x': expected a dimension"]),
        (sums((6, {"tensor": "Y"})), ["the graph writes 'X' and 'Y': expected one result"]),
        (
            sums((3, {"tensor": "C"})),
            ["'array' (id 4) reads tensor 'C' by references out of level 1"],
        ),
        (
            sums((4, ("func", {"name": "tan", "input_val": 1, "output_val": 2}))),
            ["'func' (id 5) applies 'tan': expected one of abs,"],
        ),
        (
            sums((2, {"output_ref": 0}), (4, ("coord_mask", {}))),
            ["'coord_mask' (id 5)", "(id 4) reads stream 3 'ref'", "(id 7) reads stream 2 'val'"],
        ),
        (sums((1, {"tensor": ""})), ["'fiber_lookup' (id 2) names no tensor: expected one"]),
    ],
)
def test_refusals(data, messages):
    with pytest.raises(RduError) as raised:
        read_tortilla(data, "op.bin", shapes={"B": (4, 5), "C": (4, 5)})
    text = raised.value.render()
    assert all(
        line.startswith(("op.bin: error: ", "note: ", "hint: ")) for line in text.splitlines()
    )
    for message in messages:
        assert message in text


def test_every_alu_word_is_known_or_refused():
    for word, count in [("SIN", 1), ("COS", 1), ("EXP", 2), ("ADD", 1), ("ADD", 3)]:
        inputs = [2, 3, 4][:count]
        alu = ("alu", {"vals": {"inputs": inputs, "output": 5}, "stages": [{"op": word}]})
        data = comal(*ROW_SUMS[:-1], alu, ("val_write", {"input_val": 5}))
        with pytest.raises(RduError, match=f"is {word} of {count} streams, which has no meaning"):
            read_tortilla(data, shapes={"B": (4, 5)})


@pytest.mark.parametrize("name", ["rows", "outer", "columns", "plus3", "inner", "residual"])
def test_graphs_of_sam_for_comal(name):
    case = CASES[name]
    shapes = {tensor: (4,) * len(letters) for tensor, letters in case.shapes.items()}
    module = read_dot(case.text, shapes=shapes)
    data = write_tortilla(module)
    back = read_tortilla(data)
    assert write_tortilla(back) == data
    arrays = {t: matrix(*shape, seed=n) for n, (t, shape) in enumerate(shapes.items())}
    (result,) = run(back, arrays).values()
    np.testing.assert_array_equal(result, case.expected(*arrays.values()))


def test_a_rectifier_is_a_maximum_with_zero():
    g = Graph((4,), {"B": ((4,), ["compressed"])})
    crd, ref = g.lookup(g.B, 0, g.root)
    text = g.finish([crd], g.unary("relu", g.load(g.B, ref)))
    data = write_tortilla(parse(text, make_context()))
    b = matrix(4)
    np.testing.assert_array_equal(compute(data, B=b), np.maximum(b, 0))
    assert write_tortilla(read_tortilla(data)) == data


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("leaky", "'sam.alu' of 'max' has no counterpart in tortilla"),
        ("compression", "'sam.val_drop' has no counterpart in tortilla"),
    ],
)
def test_what_comal_has_no_operator_for(name, message):
    case = CASES[name]
    shapes = {tensor: (4,) * len(letters) for tensor, letters in case.shapes.items()}
    with pytest.raises(RduError, match=message):
        write_tortilla(read_dot(case.text, "a.gv", shapes=shapes))
