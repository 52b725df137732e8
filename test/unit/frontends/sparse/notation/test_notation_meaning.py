"""What expressions mean: where sums are, other reductions, functions, several statements."""

import numpy as np
import pytest
import torch

from rdu.frontends.sparse.notation import parse_program, to_linalg
from rdu.interpreter import run

RNG = np.random.default_rng(7)
A, B = RNG.normal(size=(2, 4, 3)).astype(np.float32)
SQUARE = RNG.normal(size=(4, 4)).astype(np.float32)
B_I, C_I = RNG.normal(size=(2, 4)).astype(np.float32)
D_J = RNG.normal(size=3).astype(np.float32)
TENSORS = {"A": A, "B": B, "S": SQUARE, "b": B_I, "c": C_I, "d": D_J, "s": np.float32(1.5)}


def compute(text, tensors=TENSORS, **options):
    read = [access.tensor for access in parse_program(text).inputs]
    used = {name: tensors[name] for name in read}
    return run(to_linalg(text, used, **options), used)


def last(text, **options):
    (result,) = compute(text, **options).values()
    return result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x(i) = b(i) - A(i,j) * d(j)", B_I - A @ D_J),
        ("x(i) = A(i,j) * d(j) + B(i,j)", A @ D_J + B.sum(1)),
        ("x(i) = (b(i) + A(i,j)) * c(i)", (B_I + A.sum(1)) * C_I),
        ("x(i) = (b(i) + A(i,j)) * d(j)", ((B_I[:, None] + A) * D_J).sum(1)),
        ("x(i) = -A(i,j) * d(j)", -(A @ D_J)),
        ("x(i) = -(b(i) + A(i,j))", -(B_I + A.sum(1))),
        ("x(i) = b(i) / (c(i) * c(i) + A(i,j) * A(i,j))", B_I / (C_I**2 + (A * A).sum(1))),
        ("x(i) = A(i,j) / d(j)", (A / D_J).sum(1)),
        ("x(i) = relu(A(i,j) * d(j) + b(i))", np.maximum(A @ D_J + B_I, 0)),
        ("x(i) = exp(A(i,j))", np.exp(A.sum(1))),
        ("x(i) = sum[j](exp(A(i,j)))", np.exp(A).sum(1)),
        ("x(i) = exp(A(i,j)) * d(j)", np.exp(A) @ D_J),
        ("x(i) = max(A(i,j), B(i,j)) * b(i)", np.maximum(A, B).sum(1) * B_I),
        ("x(i) = max(A(i,j), b(i))", np.maximum(A.sum(1), B_I)),
        ("x(i) = A(i,j)", A.sum(1)),
        ("x(j) = A(i,j)", A.sum(0)),
        ("x = A(i,j)", A.sum()),
        ("x(i) = S(i,i)", np.diagonal(SQUARE)),
        ("x = S(i,i)", np.trace(SQUARE)),
        ("X(j,i) = A(i,j)", A.T),
        ("x(i) = s * b(i) * 2 - 1e-1", 1.5 * B_I * 2 - 0.1),
    ],
)
def test_unwritten_sums(text, expected):
    np.testing.assert_allclose(last(text), expected, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x(i) = max[j](A(i,j) + d(j))", (A + D_J).max(1)),
        ("x(i) = min[j](A(i,j) + d(j))", (A + D_J).min(1)),
        ("x(i) = prod[j](A(i,j) + d(j))", (A + D_J).prod(1)),
        ("x = max[i,j](A(i,j))", A.max()),
        ("x = max[i](max[j](A(i,j)))", A.max()),
        ("x = max[i](min[j](A(i,j)))", A.min(1).max()),
        ("X(i,j) = min[k](S(i,k) + S(k,j))", (SQUARE[:, :, None] + SQUARE[None]).min(1)),
        ("X(i,j) = max[k](min(S(i,k), S(k,j)))",
         np.minimum(SQUARE[:, :, None], SQUARE[None]).max(1)),
        ("x(i) = max[j](A(i,j)) - min[j](A(i,j))", A.max(1) - A.min(1)),
        ("x(j) = max[k](A(i,j) * S(i,k))", (A.T @ SQUARE).max(1)),
        ("x(j) = max[i](S(i,k) * A(k,j))", (SQUARE @ A).max(0)),
        ("x(i) = b(i) * sum[k,j](S(i,k) * A(k,j))", B_I * (SQUARE @ A).sum(1)),
        ("x(i) = A(i,j) * sum[j](B(i,j))", A.sum(1) * B.sum(1)),
    ],
)  # fmt: skip
def test_written_reductions(text, expected):
    np.testing.assert_allclose(last(text), expected, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("exp(b(i))", torch.exp),
        ("sqrt(abs(b(i)))", lambda x: torch.sqrt(torch.abs(x))),
        ("rsqrt(abs(b(i)))", lambda x: torch.rsqrt(torch.abs(x))),
        ("sigmoid(b(i))", torch.sigmoid),
        ("tanh(b(i))", torch.tanh),
        ("relu(b(i))", torch.relu),
        ("log(abs(b(i)))", lambda x: torch.log(torch.abs(x))),
        ("neg(b(i))", torch.neg),
        ("max(b(i), 0.5, c(i))", lambda x: torch.max(x.clamp(min=0.5), torch.from_numpy(C_I))),
        ("min(b(i), c(i))", lambda x: torch.min(x, torch.from_numpy(C_I))),
        ("b(i) / c(i)", lambda x: x / torch.from_numpy(C_I)),
    ],
)
def test_functions(function, expected):
    found = last(f"x(i) = {function}")
    np.testing.assert_allclose(found, expected(torch.from_numpy(B_I)).numpy(), rtol=1e-6)


def test_integers():
    b = np.array([-7, 5, 0, 2**31 - 1], np.int32)
    tensors = {"b": b, "A": np.arange(-6, 6, dtype=np.int32).reshape(4, 3)}
    texts = {
        "x(i) = abs(b(i)) - relu(b(i))": np.abs(b) - np.maximum(b, 0),
        "x(i) = -b(i) / 2": np.array([3, -2, 0, -(2**30) + 1]),
        "x(i) = b(i) + 1": np.array([-6, 6, 1, -(2**31)]),
        "x(i) = max[j](A(i,j)) * min[j](A(i,j))": tensors["A"].max(1) * tensors["A"].min(1),
        "x(i) = prod[j](A(i,j))": tensors["A"].prod(1),
        "x(i) = max(min(b(i), 3), A(i,j))": np.maximum(np.minimum(b, 3), tensors["A"].sum(1)),
        "x(i) = sum[j](A(i,j)) - 2147483647": tensors["A"].sum(1) - (2**31 - 1),
    }
    for text, expected in texts.items():
        (found,) = compute(text, tensors).values()
        assert found.dtype == np.int32
        np.testing.assert_array_equal(found, expected.astype(np.int32), err_msg=text)


def test_a_softmax_in_several_statements():
    text = """
        m(i) = max[j](A(i,j))           # the greatest of each row
        e(i,j) = exp(A(i,j) - m(i))
        t(i) = e(i,j); P(i,j) = e(i,j) / t(i)
    """
    found = compute(text, results=["P", "m"])
    assert list(found) == ["P", "m"]
    expected = torch.softmax(torch.from_numpy(A), 1).numpy()
    np.testing.assert_allclose(found["P"], expected, rtol=1e-6)
    np.testing.assert_array_equal(found["m"], A.max(1))


def test_a_softmax_in_one_statement():
    found = last("P(i,j) = exp(A(i,j)) / sum[k](exp(A(i,k)))")
    np.testing.assert_allclose(found, torch.softmax(torch.from_numpy(A), 1).numpy(), rtol=1e-6)


def test_names_of_variables_belong_to_their_statement():
    found = last("x(j) = A(j,i) * b(j); y(i) = x(i) * S(i,j)")
    np.testing.assert_allclose(found, (A.sum(1) * B_I) * SQUARE.sum(1), rtol=1e-5)


def test_a_dimension_that_only_the_result_has():
    module = to_linalg("X(i,j) = b(i) + 1", {"b": B_I, "X": (4, 3)})
    expected = np.repeat(B_I[:, None] + 1, 3, axis=1)
    np.testing.assert_array_equal(run(module, {"b": B_I})["X"], expected)
    assert run(to_linalg("x = 3", {}), {})["x"] == 3
