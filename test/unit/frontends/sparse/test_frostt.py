"""FROSTT files: points of any number of dimensions, with faults at their places."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sparse_arrays import formats, point_lists

from rdu.frontends.sparse import chunks, load_tensor, save_tensor
from rdu.semantics.fibertree import Coordinates, Format, build
from rdu.support.diagnostics import RduError, UsageError


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write_and_load(text, **options):
        (tmp_path / "a.tns").write_text(text)
        return load_tensor("a.tns", **options)

    return write_and_load


@given(st.data())
def test_a_tensor_is_read_back(tmp_path_factory, data):
    points = data.draw(point_lists(dtype=data.draw(st.sampled_from("fi"))))
    tree = build(points, data.draw(formats(len(points.shape))))
    path = tmp_path_factory.mktemp("tns") / data.draw(st.sampled_from(["a.tns", "a.tns.gz"]))
    save_tensor(path, tree)
    element = "i32" if tree.values.dtype.kind == "i" else "f32"
    back = load_tensor(path, tree.format, shape=tree.shape, element=element)
    assert back.values.dtype == tree.values.dtype
    np.testing.assert_array_equal(back.values, tree.values)
    np.testing.assert_array_equal(back.to_dense(), tree.to_dense())


def test_values_are_read_back_to_the_bit(tmp_path):
    values = np.array([0.1, 1 / 3, 1e-45, -0.0, np.inf, 3.4e38], np.float32)
    points = Coordinates.of((6,), [range(6)], values)
    save_tensor(tmp_path / "a.tns", build(points, Format.of(["compressed"])))
    back = load_tensor(tmp_path / "a.tns")
    np.testing.assert_array_equal(back.values.view(np.int32), values.view(np.int32))


def test_extents_are_the_largest_coordinates_unless_given(load):
    text = "# a comment\n\n1 2 1.5\n  3\t1  -2 # the end\n1 2 1\n"
    tree = load(text)
    assert tree.to_dense().tolist() == [[0, 2.5], [0, 0], [-2, 0]]
    assert load(text, shape=(3, 4)).shape == (3, 4)
    assert load("", shape=(3, 4)).to_dense().tolist() == np.zeros((3, 4)).tolist()


@pytest.mark.parametrize("size", [1, 7, 30])
def test_files_longer_than_a_chunk(load, monkeypatch, size):
    monkeypatch.setattr(chunks, "CHUNK", size)
    monkeypatch.setattr(chunks, "_READ", 5)
    rows = [f"{row} {row * 7 % 9 + 1} {row}" for row in range(1, 40)]
    text = "# one\n" + "\n".join([*rows[:20], "# two", "", *rows[20:]])
    tree = load(text)
    assert sorted(tree.values.tolist()) == list(range(1, 40))
    with pytest.raises(RduError, match=r"a\.tns:42:1: error: coordinate '3x9'"):
        load(text.replace("39 4 39", "3x9 4 39"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.tns: error: has no entries: expected a line of coordinates and a value"),
        ("# nothing\n", "a.tns: error: has no entries"),
        ("5\n", "a.tns:1: error: has 0 coordinates and a value: expected at least 1"),
        ("1 1 2\n1 2\n", "a.tns:2: error: has 2 numbers: expected 2 coordinates and a value"),
        ("1 1 2\n1 2 3 4\n", "a.tns:2: error: has 4 numbers"),
        ("1 0 2\n", "a.tns:1:3: error: coordinate 0 of dimension 1 is out of range"),
        ("1 -1 2\n", "a.tns:1:3: error: coordinate -1 of dimension 1 is out of range"),
        ("1 1.0 2\n", "a.tns:1:3: error: coordinate '1.0' is no integer"),
        ("1 99999999999999999999 2\n", "a.tns:1:3: error: coordinate 99999999999999999999 of"),
        ("1 1 1\n# one\n2 1 1_0\n", "a.tns:3:5: error: '1_0' is no number"),
        ("1 1 two\n", "a.tns:1:5: error: 'two' is no number"),
        ("1 1 \xff\n", "a.tns:1:5: error: "),
        ("1 1 1e39\n", "a.tns:1:5: error: value 1e39 does not fit f32"),
        ("1 1 1e400\n", "a.tns:1:5: error: value 1e400 does not fit f32"),
    ],
)
def test_files_that_are_wrong(load, text, message):
    with pytest.raises(RduError) as raised:
        load(text)
    assert raised.value.render().startswith(message)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("1 3 2\n", {"shape": (2, 2)}, ":1:3: error: coordinate 3 of dimension 1 .* 1 to 2"),
        ("1 3 2\n", {"shape": (2,)}, ":1: error: has 2 coordinates and a value: expected 1"),
        ("1 1.5\n", {"element": "i32"}, ":1:3: error: value 1.5 does not fit i32"),
        ("1 4e9\n", {"element": "i32"}, ":1:3: error: value 4e9 does not fit i32"),
        ("1 nan\n", {"element": "i32"}, ":1:3: error: value nan does not fit i32"),
    ],
)
def test_files_that_are_wrong_for_what_is_asked(load, text, options, message):
    with pytest.raises(RduError, match=message):
        load(text, **options)


def test_the_first_faults_are_listed(load):
    with pytest.raises(RduError) as raised:
        load("1 1\n" + "x 1\n" * 100)
    assert len(raised.value.diagnostics) == 20
    assert raised.value.render().endswith("note: the first 20 faults are listed")


def test_packed_files_that_are_cut(tmp_path):
    path = tmp_path / "a.tns.gz"
    path.write_bytes(gzip.compress(b"1 1 1\n" * 5)[:-3])
    with pytest.raises(RduError, match=r"a\.tns\.gz:6: error: damaged gzip data after 5 lines"):
        load_tensor(path)


def test_a_scalar_has_no_line(tmp_path):
    scalar = build(Coordinates.of((), (), np.ones(1, np.float32)), Format.of([]))
    with pytest.raises(UsageError, match="tensor of 0 dimensions: expected at least 1"):
        save_tensor(tmp_path / "a.tns", scalar)
