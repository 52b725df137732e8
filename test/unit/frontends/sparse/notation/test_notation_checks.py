"""What is refused: each finding once, at its place, all of them together."""

import numpy as np
import pytest

from rdu.frontends.sparse.notation import to_linalg
from rdu.semantics.fibertree import Format, bsr
from rdu.support.diagnostics import RduError

A, B, V = (3, 4), (4, 2), (3,)


def refusals(text, shapes, **options):
    with pytest.raises(RduError) as wrong:
        to_linalg(text, shapes, **options)
    return wrong.value.render().splitlines()


@pytest.mark.parametrize(
    ("text", "shapes", "message"),
    [
        ("x(i) = A(i,j) * c(j)", {"A": A}, [
            "1:17: error: shape of 'c' is unknown: expected 1 extent to be given"]),
        ("x(i) = AA(i,j)", {"A": A}, [
            "1:8: error: shape of 'AA' is unknown: expected 2 extents to be given",
            "hint: did you mean 'A'?",
            "error: shape of 'A' is given, but the program has no such tensor",
            "hint: did you mean 'AA'?"]),
        ("x(i) = A(i,j) * A(i)", {"A": A}, [
            "1:17: error: 'A(i)' has 1 index: expected 2, as 'A(i,j)' has",
            "1:8: note: which is here"]),
        ("x(i) = A(i,j) * B(j,i)", {"A": A, "B": B}, [
            "1:17: error: extent of 'i' is 2 in dimension 1 of 'B(j,i)': expected 3, as in "
            "'A(i,j)'",
            "1:8: note: which is here"]),
        ("x(i) = A(i,i)", {"A": A}, [
            "1:8: error: extent of 'i' is 4 in dimension 1 of 'A(i,i)': expected 3, as in 'A(i,i)'",
            "1:8: note: which is here"]),
        ("x(i) = v(i)", {"v": V, "x": (4,)}, [
            "1:1: error: extent of 'i' is 4 in dimension 0 of 'x(i)': expected 3, as in 'v(i)'",
            "1:8: note: which is here"]),
        ("x(i,j) = v(i)", {"v": V}, [
            "1:1: error: extent of 'j' is unknown: nothing on the right has it",
            "hint: give the shape of 'x'"]),
        ("x(i) = v(i)", {"v": (3, 4)}, [
            "1:8: error: shape of 'v' is [3, 4]: expected 1 extent, as 'v(i)' has"]),
        ("x(i) = v(i)", {"v": (0,)}, [
            "1:8: error: shape of 'v' is [0]: expected positive integers"]),
        ("x(i) = v(i)", {"v": 3}, [
            "1:8: error: shape of 'v' is 3: expected positive integers"]),
        ("x(i) = v(i)", {"v": "3"}, [
            "1:8: error: shape of 'v' is 3: expected positive integers"]),
        ("x = a", {"a": (1,)}, [
            "1:5: error: shape of 'a' is [1]: expected 0 extents, as 'a' has"]),
        ("x(i,i) = A(i,i)", {"A": (3, 3)}, [
            "1:1: error: result 'x(i,i)' has 'i' twice: expected each index once"]),
        ("x(i) = v(i); x(i) = v(i)", {"v": V}, [
            "1:14: error: 'x' is computed twice: expected another name",
            "1:1: note: it is computed here already"]),
        ("x(i) = x(i) + v(i)", {"v": V}, [
            "1:8: error: 'x' is read before it is computed",
            "1:1: note: it is computed here"]),
        ("x(i) = y(i); y(i) = v(i)", {"v": V}, [
            "1:8: error: 'y' is read before it is computed",
            "1:14: note: it is computed here"]),
        ("x(i) = v(i) * i", {"v": V}, [
            "1:15: error: 'i' is an index variable of this statement and a tensor too"]),
        ("x(i) = sum[i](v(i))", {"v": V}, [
            "1:8: error: 'sum' reduces 'i', an index of the result 'x(i)'"]),
        ("x = sum[i,k](v(i))", {"v": V}, [
            "1:5: error: 'sum' reduces 'k', which does not occur in its body"]),
        ("x = sum[i,i](v(i))", {"v": V}, [
            "1:5: error: 'sum' reduces 'i' twice: expected it once"]),
        ("x = sum[i](max[i](v(i)))", {"v": V}, [
            "1:12: error: 'max' reduces 'i' twice: expected it once"]),
    ],
)  # fmt: skip
def test_programs(text, shapes, message):
    found = refusals(text, shapes)
    assert [line.removeprefix("notation:") for line in found] == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"formats": {"A": "xs"}}, "1:8: error: format 'xs' of 'A': cannot be read: expected "
         "letters of 'd' (dense), 's' (compressed), 'q' (singleton), then ':' and the dimension of "
         "each level as in 'ds:1,0', or one of coo, csc, csr, dcsc, dcsr"),
        ({"formats": {"A": "s"}},
         "1:8: error: format of 'A' is compressed: expected 2 levels, as 'A(i,j)' has indices"),
        ({"formats": {"v": "q"}}, "1:17: error: format 'q' of 'v': level 0 is 'singleton': "
         "expected a level above it that is 'compressed' or 'singleton'"),
        ({"formats": {"A": "dq"}}, "1:8: error: format 'dq' of 'A': level 1 is 'singleton': "
         "expected a level above it that is 'compressed' or 'singleton'"),
        ({"formats": {"A": "ss:0,0"}}, "1:8: error: format 'ss:0,0' of 'A': stores the dimensions "
         "[0, 0]: expected each of 0 to 1 once"),
        ({"formats": {"A": "ss:0"}},
         "1:8: error: format 'ss:0' of 'A': 2 levels of 1 dimensions: expected as many"),
        ({"formats": {"A": ["dense", "bitvector"]}}, "1:8: error: format of 'A': level 1 is "
         "'bitvector': expected one of 'dense', 'compressed', 'singleton', 'blocked'"),
        ({"formats": {"A": bsr(1, 2)}},
         "1:8: error: format of 'A': level 2 is 'blocked:1': expected blocks of 2 or more"),
        ({"formats": {"A": Format.of(["dense", "dense", "blocked:4", "blocked:2"], [0, 1, 0, 0])}},
         "1:8: error: format of 'A': dimension 0 has blocks of blocks: expected blocks only"),
        ({"formats": {"A": ["dense", "sparse"]}}, "1:8: error: format of 'A': unknown level format "
         "'sparse': expected 'dense' or 'compressed' or 'singleton' or 'bitvector' or 'blocked'"),
        ({"formats": {"A": 3}}, "1:8: error: format of 'A': cannot be read: expected a text or the "
         "names of levels, got 3"),
        ({"order": {"x": 3}}, "1:1: error: loop order of 'x' is 3: expected each of i, j once"),
        ({"formats": {"Z": "ss"}},
         "error: format of 'Z' is given, but the program has no such tensor"),
        ({"order": "ik"}, "1:1: error: loop order of 'x' is i, k: expected each of i, j once"),
        ({"order": {"y": "ij"}}, "error: loop order of 'y' is given, but no statement computes it"),
        ({"results": ["y"]}, "error: result 'y' is asked for, but no statement computes it"),
        ({"results": ["x", "x"]}, "error: result 'x' is asked for twice: expected it once"),
        ({"results": []}, "error: no result is asked for: expected at least one"),
        ({"dtype": "f64"}, "error: element type is 'f64': expected 'f32' or 'i32'"),
    ],
)  # fmt: skip
def test_options(options, message):
    found = refusals("x(i) = A(i,j) * v(j)", {"A": (4, 3), "v": V}, **options)
    assert found == [message if message.startswith("error") else f"notation:{message}"]


def test_orders_of_several_statements_are_given_by_name():
    text = "x(i) = v(i)\ny(i) = x(i)"
    message = (
        "notation:1:1: error: one loop order is given for 2 statements: expected one by result"
    )
    assert refusals(text, {"v": V}, order="i") == [message]
    to_linalg(text, {"v": V}, order={"x": "i", "y": "i"})


@pytest.mark.parametrize("function", ["exp", "log", "rsqrt", "sigmoid", "sqrt", "tanh"])
def test_functions_that_integers_do_not_have(function):
    found = refusals(f"x(i) = {function}(v(i))", {"v": V}, dtype="i32")
    message = f"notation:1:8: error: '{function}' is not defined for i32: expected f32"
    assert found == [message]


@pytest.mark.parametrize(
    ("number", "element"),
    [("1.5", "i32"), ("2147483648", "i32"), ("9" * 5000, "i32"), ("1e39", "f32"), ("1e999", "f32")],
)
def test_numbers_that_are_no_values_of_the_type(number, element):
    found = refusals(f"x = {number}", {}, dtype=element)
    assert found == [f"notation:1:5: error: '{number}' is no value of {element}"]


def test_types_of_arrays():
    given = {"a": np.ones(3, np.float32), "b": np.ones(3, np.int32)}
    text = "x(i) = a(i) * b(i)"
    message = "error: arrays are of f32 and i32: expected one element type"
    assert refusals(text, given) == [message, "hint: give the element type as dtype"]
    to_linalg(text, given, dtype="f32")
    given = {"a": np.ones(3), "b": np.ones(3, np.int32)}
    assert refusals(text, given) == [
        "error: 'a' is of float64: expected float32 or int32",
        "hint: give the element type as dtype",
    ]


def test_everything_is_said_at_once_in_the_order_of_the_text():
    text = "x(i) = A(i,j) * c(j) + exp(B(i,k))\ny(i) = sum[z](x(i)) + A(i) * D(i,j,k)"
    found = refusals(
        text,
        {"A": (3, 4), "c": (5,), "D": (3, 4), "q": (1,)},
        formats={"A": "ss", "c": "ds", "w": "s"},
        order={"x": "ij"},
        results=["t"],
        dtype="i32",
        file="a.txt",
    )
    places = [line.partition(": ")[0] for line in found if "error" in line]
    assert places == [
        "a.txt:1:1",
        "a.txt:1:17",
        "a.txt:1:17",
        "a.txt:1:24",
        "a.txt:1:28",
        "a.txt:2:8",
        "a.txt:2:23",
        "a.txt:2:30",
        "error",
        "error",
        "error",
    ]


def test_a_text_that_cannot_be_parsed_is_refused_first():
    assert refusals("x(i) =", {}, file="a.txt")[0].startswith("a.txt:1:7: error: expected a name")
