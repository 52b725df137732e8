"""Operands of any library, layout and type of numbers."""

import re

import numpy as np
import pytest
import scipy.sparse

from rdu.frontends.sparse.operands import take_operands
from rdu.semantics.fibertree import CompressedLevel, Fibertree, Format, store
from rdu.sparse import compile_expression
from rdu.support.diagnostics import RduError

B = np.array([[0, 2, 0], [0, 0, 0], [3, 0, 1], [0, 0, 4]])
C = np.array([5, 6, 7])


def taken(value, other=C):
    return take_operands({"B": value, "c": other})["B"]


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint16", "bool"])
def test_integers_become_i32(dtype):
    assert taken(B.astype(dtype)).dtype == np.int32


@pytest.mark.parametrize("dtype", ["float16", "float64", "longdouble"])
def test_other_floats_become_f32(dtype):
    assert taken(B.astype(dtype)).dtype == np.float32


def test_integers_beside_floats_are_floats_too():
    assert taken(B, C.astype(np.float64)).dtype == np.float32
    assert taken(B, [0.5, 1, 2]).dtype == np.float32
    assert taken(scipy.sparse.csr_array(B), C.astype(np.float32)).values.dtype == np.float32


def test_what_a_machine_has_stays_as_it_is():
    tree = store(B.astype(np.int32), ["dense", "compressed"], (0, 1))
    assert taken(tree) is tree
    for dtype in (np.int32, np.float32):
        assert taken(array := B.astype(dtype)) is array


@pytest.mark.parametrize(
    ("layout", "form"),
    [("csr", "dense, compressed"), ("csc", "dense, compressed of 1 0")]
    + [(layout, "compressed, compressed") for layout in ("coo", "dok", "lil", "dia")],
)
def test_layouts_of_scipy_keep_their_format(layout, form):
    tree = taken(scipy.sparse.coo_matrix(B).asformat(layout))
    assert isinstance(tree, Fibertree)
    assert str(tree.format) == form
    np.testing.assert_array_equal(tree.to_dense(), B)


def test_blocks_of_scipy_keep_theirs():
    tree = taken(scipy.sparse.bsr_array(np.kron(B, np.ones((2, 3))), blocksize=(2, 3)))
    assert str(tree.format) == "dense, compressed, blocked:2, blocked:3 of 0 1 0 1"


def test_all_that_is_wrong_is_said_at_once():
    wrong = {"B": B * 1j, "c": [[1], [2, 3]], "d": 2**40, "e": B}
    with pytest.raises(RduError) as refused:
        take_operands(wrong, "i32")
    assert [str(each.message).split(":")[0] for each in refused.value.diagnostics] == [
        "operand 'B'",
        "operand 'c'",
        "operand 'd'",
    ]


TEXT = "x(i) = B(i,j) * c(j)"


@pytest.mark.parametrize(
    "made",
    [
        lambda: B,
        lambda: B.tolist(),
        lambda: B.astype(np.float64),
        lambda: scipy.sparse.csc_matrix(B),
        lambda: scipy.sparse.coo_array(([1, 1, 3, 1, 4], ([0, 0, 2, 2, 3], [1, 1, 0, 2, 2]))),
        lambda: store(B.astype(np.int32), ["compressed"] * 2, (1, 0)),
    ],
)
@pytest.mark.parametrize("dtype", [None, "f32", "i32"])
def test_a_product_of_any_operand(made, dtype):
    x, _ = compile_expression(TEXT, {"B": made(), "c": C}, dtype=dtype).run()
    np.testing.assert_array_equal(x.to_dense(), B @ C)
    assert dtype is None or x.values.dtype == {"f32": np.float32, "i32": np.int32}[dtype]


@pytest.mark.parametrize("layout", ["strided", "coo", "csr", "csc", "bsr"])
@pytest.mark.filterwarnings("ignore:Sparse .* tensor support is in beta")
def test_a_product_of_tensors_of_pytorch(layout):
    torch = pytest.importorskip("torch")
    dense = torch.tensor(B, dtype=torch.float64)
    made = {
        "strided": lambda: dense,
        "coo": dense.to_sparse_coo,
        "csr": dense.to_sparse_csr,
        "csc": dense.to_sparse_csc,
        "bsr": lambda: dense.to_sparse_bsr((2, 1)),
    }[layout]()
    x, _ = compile_expression(TEXT, {"B": made, "c": torch.tensor(C, dtype=torch.bfloat16)}).run()
    np.testing.assert_array_equal(x.to_dense(), B @ C)


def test_a_number_is_a_scalar():
    x, _ = compile_expression("x(i) = a * c(i)", {"a": 3, "c": C}).run()
    np.testing.assert_array_equal(x.to_dense(), 3 * C)


def test_formats_that_are_given_come_first():
    matrix = scipy.sparse.csr_array(B)
    x, _ = compile_expression(TEXT, {"B": matrix, "c": C}, formats={"B": "csc"}).run()
    np.testing.assert_array_equal(x.to_dense(), B @ C)


def test_two_types_ask_for_one():
    with pytest.raises(RduError, match="expected one element type\nhint: give the element type"):
        compile_expression(TEXT, {"B": B.astype(np.float32), "c": C.astype(np.int32)})


def vector(segments, crds, values, shape=(4,)):
    level = CompressedLevel(4, np.array(segments), np.array(crds))
    return Fibertree(shape, Format.of(["compressed"]), (level,), np.array(values, np.float32))


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (vector([0, 2], [3, 1], [5, 7]), "level 0: 'crds', place 1, has 1 after 3 in a fiber"),
        (vector([0, 2], [1, 1], [5, 7]), "level 0: 'crds', place 1, has 1 after 1 in a fiber"),
        (vector([0, 1], [-1], [5]), "level 0: 'crds' has coordinate -1: expected one from 0 to 3"),
        (vector([0, 1], [1], [5], (3,)), "level 0: 'extent' is 4: expected 3, as the shape has"),
        (vector([0, 1], [1.0], [5]), "level 0: 'crds' is of rank 1 and float64"),
        (vector([0, 1], [1], [5, 6]), "'values', place 1, has 2 values: expected 1"),
    ],
)
def test_a_fibertree_that_is_none_is_refused(tree, said):
    with pytest.raises(RduError, match=re.escape(f"operand 'b': {said}")):
        compile_expression("x(i) = b(i)", {"b": tree})


def changed(layout="csr", **arrays):
    matrix = scipy.sparse.coo_array(B.astype(np.float32)).asformat(layout)
    for name, array in arrays.items():
        setattr(matrix, name, np.array(array))
    return matrix


@pytest.mark.parametrize(
    "matrix",
    [
        changed(indptr=[0, 9, 1, 3, 4]),
        changed(indptr=[1, 1, 1, 3, 4]),
        changed(indptr=[0, 1, 1, 3]),
        changed(indptr=[0, 1, 1, 3, 5]),
        changed(indptr=[0.0, 1.0, 1.0, 3.0, 4.0]),
        changed(indices=[1, 0, 3, 2]),
        changed(indices=[1, 0, -1, 2]),
        changed(indices=[1, 0]),
        changed(data=[1.0, 2.0]),
        changed("csc", indices=[2, 0, 2, 4]),
        changed("bsr", indices=[1, 0, 2, 7]),
        changed("bsr", indptr=[0, 9, 1, 3, 4]),
        changed("coo", coords=(np.array([0, 2, 2, 4]), np.array([1, 0, 2, 2]))),
        changed("coo", data=[1.0, 2.0]),
    ],
)
def test_an_array_of_scipy_that_is_none_is_refused(matrix):
    with pytest.raises(RduError, match="operand 'B': "):
        take_operands({"B": matrix})


def test_an_array_of_scipy_is_sorted_summed_and_left_as_it_is():
    matrix = changed(indices=[1, 2, 0, 0, 2], indptr=[0, 1, 1, 4, 5], data=[2, 1, 2, 1, 4])
    kept = matrix.indices.copy()
    np.testing.assert_array_equal(taken(matrix).to_dense(), B)
    np.testing.assert_array_equal(matrix.indices, kept)


def test_masked_values_are_refused():
    masked = np.ma.masked_array([1.0, 2, 3], [True, False, False])
    with pytest.raises(RduError, match=r"'c': array with masked values.*\nhint: filled"):
        take_operands({"c": masked})
    np.testing.assert_array_equal(taken(np.ma.masked_array(B)), B)


def test_tensors_of_pytorch_without_plain_numbers():
    torch = pytest.importorskip("torch")
    values = torch.tensor([1.0, 2, 4])
    for made in (
        torch.complex(values, -values).conj().imag,
        values.to(torch.float8_e4m3fn),
        torch.quantize_per_tensor(values, 1.0, 0, torch.qint8),
    ):
        found = taken(made)
        dense = found.to_dense() if isinstance(found, Fibertree) else found
        np.testing.assert_array_equal(dense, [1, 2, 4])
        assert dense.dtype == np.float32
    for made, said in (
        (values.to("meta"), "tensor on the meta device"),
        (torch.nested.nested_tensor([values]), "nested tensor"),
        (values.to_sparse().to("meta"), "tensor on the meta device"),
        (values * 1j, "values of type complex64"),
    ):
        with pytest.raises(RduError, match=f"operand 'B': {said}"):
            taken(made)


def test_the_shape_of_an_operand_is_its_own():
    with pytest.raises(RduError, match=r"shape of 'c' is given as \[7\]: expected \[3\]"):
        compile_expression("x(i) = c(i)", {"c": C}, shapes={"c": (7,)})
    x, _ = compile_expression("x(i,j) = c(i)", {"c": C}, shapes={"c": (3,), "x": (3, 2)}).run()
    np.testing.assert_array_equal(x.to_dense(), np.stack([C, C], axis=1))
