"""Matrix Market files: what SciPy makes of them, and what is wrong with others."""

import gzip

import numpy as np
import pytest
import scipy.io
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from sparse_arrays import formats, point_lists

from rdu.frontends.sparse import load_tensor, save_tensor
from rdu.semantics.fibertree import NAMED_FORMATS, Coordinates, Format, build
from rdu.support.diagnostics import RduError, UsageError

REAL = "%%MatrixMarket matrix coordinate real general\n"
INTEGER = REAL.replace("real", "integer")
SYMMETRIC = REAL.replace("general", "symmetric")
SKEW = REAL.replace("general", "skew-symmetric")
PATTERN = REAL.replace("real", "pattern")
ARRAY = REAL.replace("coordinate", "array")


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write_and_load(text, **options):
        (tmp_path / "a.mtx").write_text(text)
        return load_tensor("a.mtx", **options)

    return write_and_load


@given(st.data())
def test_a_matrix_is_read_back(tmp_path_factory, data):
    points = data.draw(point_lists(least=2, most=2, dtype=data.draw(st.sampled_from("fi"))))
    tree = build(points, data.draw(formats(2)))
    path = tmp_path_factory.mktemp("mtx") / data.draw(st.sampled_from(["a.mtx", "a.mtx.gz"]))
    save_tensor(path, tree)
    back = load_tensor(path, tree.format)
    assert back.shape == tree.shape
    assert back.values.dtype == tree.values.dtype
    np.testing.assert_array_equal(back.values, tree.values)
    np.testing.assert_array_equal(back.to_dense(), tree.to_dense())
    np.testing.assert_array_equal(scipy.io.mmread(path).toarray(), tree.to_dense())


def test_values_are_read_back_to_the_bit(tmp_path):
    values = np.array([0.1, 1 / 3, 1e-45, -0.0, np.inf, np.nan], np.float32)
    tree = build(points_of(values), NAMED_FORMATS["csr"])
    save_tensor(tmp_path / "a.mtx", tree)
    back = load_tensor(tmp_path / "a.mtx")
    np.testing.assert_array_equal(back.values.view(np.int32), values.view(np.int32))


def points_of(values):
    count = len(values)
    return Coordinates.of((count, count), [range(count), range(count)], values)


@pytest.mark.parametrize(
    ("symmetry", "field"),
    [
        ("general", "real"),
        ("general", "integer"),
        ("general", "pattern"),
        ("symmetric", "real"),
        ("symmetric", "integer"),
        ("symmetric", "pattern"),
        ("skew-symmetric", "real"),
        ("skew-symmetric", "integer"),
    ],
)
@pytest.mark.parametrize("listed", [True, False])
def test_every_kind_that_scipy_writes(tmp_path, symmetry, field, listed):
    square = np.array([[0, 2, 0], [3, 0, 0], [0, 1, 0]], np.float32)
    square = {"symmetric": square + square.T, "skew-symmetric": square - square.T}.get(
        symmetry, square
    )
    path = tmp_path / "a.mtx"
    matrix = scipy.sparse.coo_array(square.astype(int) if field == "integer" else square)
    if not listed and field != "pattern":
        matrix = matrix.toarray()
    scipy.io.mmwrite(path, matrix, field=field, symmetry=symmetry)
    tree = load_tensor(path)
    expected = square != 0 if field == "pattern" else square
    np.testing.assert_array_equal(tree.to_dense(), expected)
    assert tree.values.dtype == (np.int32 if field == "integer" else np.float32)


def test_a_file_of_all_elements_stores_those_that_are_not_zero(load):
    tree = load(ARRAY + "2 2\n1\n0\n3\n4\n")
    assert tree.to_dense().tolist() == [[1, 3], [0, 4]]
    assert len(tree.values) == 3


def test_unsorted_and_equal_entries_and_zeros(load):
    text = REAL + "% a comment\n\n3 3 5\n3 1 1\n1 2 0\n1 1 2\n3 1 4\n2 2 7\n"
    tree = load(text)
    assert tree.values.tolist() == [2, 0, 7, 5]
    assert load(text, zeros="drop").values.tolist() == [2, 7, 5]
    assert load(text, element="i32").values.dtype == np.int32
    csc = load(text, form=NAMED_FORMATS["csc"])
    assert csc.values.tolist() == [2, 5, 0, 7]


@pytest.mark.parametrize(
    "text", [REAL + "0 0 0\n", REAL + "2 3 0", REAL.replace("\n", "\r\n") + "2 2 1\r\n1 1 3\r\n"]
)
def test_empty_matrices_and_other_line_ends(load, text):
    assert len(load(text).values) == text.count("3\r\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1: error: no Matrix Market file: expected '%%MatrixMarket <object> <layout>"),
        ("2 2 1\n1 1 1\n", ":1: error: no Matrix Market file"),
        (REAL.replace("real", "float"), ":1: error: unknown field 'float': expected 'real' or"),
        (REAL.replace("real", "complex"), "unknown field 'complex'"),
        (REAL.replace("matrix c", "vector c"), "unknown object 'vector': expected 'matrix'"),
        (ARRAY.replace("real", "pattern") + "1 1\n", ":1: error: a pattern of an array"),
        (REAL, ":1: error: size line '': expected rows, columns and entries"),
        (REAL + "-2 2 1\n1 1 1\n", ":2: error: size line '-2 2 1'"),
        (REAL + "2 2\n1 1 1\n", ":2: error: size line '2 2'"),
        (REAL + "99999999999999999999 2 0\n", ":2: error: size 99999999999999999999 is too large"),
        (
            SYMMETRIC + "2 3 1\n1 1 1\n",
            ":2: error: a symmetric matrix of 2 by 3: expected a square",
        ),
        (REAL + "2 2 2\n1 1 3\n", ":2: error: says that 2 entries follow: 1 do"),
        (REAL + "2 2 1\n1 1 3\n2 2 1\n", ":2: error: says that 1 entries follow: 2 do"),
        (REAL + "2 2 100000000000\n1 1 3\n", "says that 100000000000 entries follow: 1 do"),
        (ARRAY + "2 2\n1\n2\n3\n", ":2: error: says that 4 entries follow: 3 do"),
        (
            REAL + "2 2 1\n3 1 3\n",
            ":3:1: error: coordinate 3 of dimension 0 is out of range: expec",
        ),
        (REAL + "2 2 1\n1 0 3\n", ":3:3: error: coordinate 0 of dimension 1"),
        (REAL + "2 2 1\n1 1.5 2\n", ":3:3: error: coordinate '1.5' is no integer"),
        (REAL + "2 2 1\n1 1 x\n", ":3:5: error: 'x' is no number"),
        (REAL + "2 2 1\n1 1\n", ":3: error: has 2 numbers: expected 2 coordinates and a value"),
        (REAL + "2 2 1\n1 1 3 4\n", ":3: error: has 4 numbers"),
        (PATTERN + "2 2 1\n1 1 3\n", ":3: error: has 3 numbers: expected 2 coordinates"),
        (REAL + "2 2 1\n1 1 1e400\n", ":3:5: error: value 1e400 does not fit f32"),
        (REAL + "2 2 1\n1 1 1e39\n", ":3:5: error: value 1e39 does not fit f32"),
        (INTEGER + "2 2 1\n1 1 1.5\n", ":3:5: error: value '1.5' is no integer"),
        (INTEGER + "2 2 1\n1 1 3000000000\n", ":3:5: error: value 3000000000 does not fit i32"),
        (INTEGER + "2 2 1\n1 1 99999999999999999999999\n", "does not fit i32"),
        (INTEGER + "1 1 2\n1 1 2000000000\n1 1 2000000000\n", "sum to 4000000000, beyond int32"),
        (SYMMETRIC + "2 2 2\n1 2 1\n2 1 1\n", ":3: error: entry (1, 2) is above the diagonal"),
        (SKEW + "2 2 1\n1 1 1\n", ":3: error: entry (1, 1) is on the diagonal"),
    ],
)
def test_files_that_are_wrong(load, text, message):
    with pytest.raises(RduError) as raised:
        load(text)
    assert message in raised.value.render()
    if "sum to" not in message:
        assert raised.value.render().startswith("a.mtx:")


def test_all_that_is_wrong_is_listed(load):
    with pytest.raises(RduError) as raised:
        load(REAL + "2 2 4\n1 3 x\n\n1 1 1\n0 1 1\n2 2\n")
    places = [diagnostic.location for diagnostic in raised.value.diagnostics]
    assert [(place.line, place.column) for place in places] == [(3, 3), (3, 5), (6, 1), (7, 0)]


@pytest.mark.parametrize("kept", [2, 20, 300])
def test_packed_files_that_are_cut(tmp_path, kept):
    rows = "".join(f"{row} {row * 7 % 99 + 1} {row * 0.7}\n" for row in range(1, 100))
    packed = gzip.compress((REAL + "99 99 99\n" + rows).encode())
    path = tmp_path / "a.mtx.gz"
    path.write_bytes(packed)
    assert len(load_tensor(path).values) == 99
    path.write_bytes(packed[:kept])
    with pytest.raises(RduError, match=r"a\.mtx\.gz:[0-9]+: error: damaged gzip data after"):
        load_tensor(path)


def test_files_that_cannot_be(tmp_path):
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        load_tensor(tmp_path / "none.mtx")
    with pytest.raises(UsageError, match="has the wrong suffix"):
        load_tensor(tmp_path / "a.mt")
    tree = build(points_of(np.ones(2, np.float32)), NAMED_FORMATS["csr"])
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        save_tensor(tmp_path / "none" / "a.mtx", tree)


def test_a_file_of_a_matrix_holds_no_other_tensor(tmp_path, load):
    vector = load(REAL + "1 1 1\n1 1 2\n")
    tree = build(points_of(np.ones(1, np.float32)), NAMED_FORMATS["csr"])
    assert vector.to_dense().shape == tree.shape
    line = build(Coordinates.of((3,), [[1]], np.ones(1, np.float32)), Format.of(["dense"]))
    with pytest.raises(UsageError, match="tensor of 1 dimensions: expected 2"):
        save_tensor(tmp_path / "a.mtx", line)
    with pytest.raises(RduError, match="2 dimensions: expected 1"):
        load(REAL + "1 1 1\n1 1 2\n", form=Format.of(["dense"]))
    with pytest.raises(UsageError, match="has a shape of its own"):
        load(REAL + "1 1 1\n1 1 2\n", shape=(1, 1))
