"""Folders of SAM's tools: levels and values as text, one number a line."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sparse_arrays import formats, sparse_arrays

from rdu.frontends.sparse import read_folder, write_folder
from rdu.semantics.fibertree import NAMED_FORMATS, Coordinates, Format, bsr, build
from rdu.support.diagnostics import RduError, UsageError

EXAMPLE = np.array([[5, 0, 0, 1], [0, 0, 0, 0], [0, 3, 0, 0]], np.float32)
CSR = {"shape": [3, 4], "1_seg": [0, 2, 2, 3], "1_crd": [0, 3, 1], "vals": [5, 1, 3]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(files, **changed):
        for name, lines in {**files, **changed}.items():
            if lines is not None:
                text = "".join(f"{line}\n" for line in lines)
                (tmp_path / f"tensor_B_mode_{name}").write_text(text)
        return "."

    return write


@settings(deadline=None)
@given(st.data())
def test_a_tree_is_read_back_as_it_is(tmp_path_factory, data):
    array = data.draw(sparse_arrays(dtype=data.draw(st.sampled_from("fi"))))
    kinds = {"dense", "compressed", "blocked"}
    form = data.draw(
        formats(array.ndim).filter(lambda form: {level.kind for level in form.levels} <= kinds)
    )
    tree = build(Coordinates.from_dense(array), form)
    folder = tmp_path_factory.mktemp("sam") / "below"
    write_folder(folder, "B", tree)
    back = read_folder(folder, "B", form, element="i32" if array.dtype.kind == "i" else "f32")
    np.testing.assert_array_equal(back.values, tree.values)
    assert back.shape == tree.shape
    for level, expected in zip(back.levels, tree.levels, strict=True):
        for name, stored in level.arrays().items():
            np.testing.assert_array_equal(stored, expected.arrays()[name])


def test_names_tell_the_dimension_not_the_level(tmp_path):
    write_folder(tmp_path, "C", build(Coordinates.from_dense(EXAMPLE), NAMED_FORMATS["dcsc"]))
    found = {path.name: path.read_text().split() for path in tmp_path.iterdir()}
    assert found == {
        "tensor_C_mode_shape": ["3", "4"],
        "tensor_C_mode_1_seg": ["0", "3"],
        "tensor_C_mode_1_crd": ["0", "1", "3"],
        "tensor_C_mode_0_seg": ["0", "1", "2", "3"],
        "tensor_C_mode_0_crd": ["0", "2", "0"],
        "tensor_C_mode_vals": ["5", "3", "1"],
    }


def test_blocks_are_values_one_after_the_other(tmp_path):
    tree = build(Coordinates.from_dense(EXAMPLE), bsr(2, 2))
    write_folder(tmp_path, "B", tree)
    assert (tmp_path / "tensor_B_mode_vals").read_text().split()[:4] == ["5", "0", "0", "0"]
    np.testing.assert_array_equal(read_folder(tmp_path, "B", bsr(2, 2)).to_dense(), EXAMPLE)


def test_scalars_are_but_a_value(folder):
    assert read_folder(folder({"vals": [2.5]}), "B", Format.of([])).values.tolist() == [2.5]


def test_shapes_may_be_in_files_of_their_own(folder):
    where = folder({**CSR, "0_shape": [3], "1_shape": [4]}, shape=None)
    np.testing.assert_array_equal(read_folder(where, "B", NAMED_FORMATS["csr"]).to_dense(), EXAMPLE)


def test_empty_fibers_and_zeros_stay_and_unsorted_fibers_are_sorted(folder):
    where = folder(CSR, **{"1_crd": [3, 0, 1], "vals": [1, 0, 3]})
    tree = read_folder(where, "B", NAMED_FORMATS["csr"])
    assert tree.values.tolist() == [0, 1, 3]
    assert tree.levels[1].fiber(1) == []
    twice = read_folder(folder(CSR, **{"1_crd": [3, 3, 1]}), "B", NAMED_FORMATS["csr"])
    assert twice.values.tolist() == [6, 3]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"shape": [3]}, "_shape: error: has 1 extents: expected 2"),
        ({"shape": [3, -4]}, "_shape:2: error: extent -4"),
        ({"shape": [3, "x"]}, "_shape:2: error: 'x' is no integer"),
        ({"1_seg": [0, 2, 3]}, "_1_seg:4: error: has 3 segments: expected 4"),
        ({"1_seg": [0, 2, 1, 3]}, "_1_seg:3: error: falls from 2 to 1"),
        ({"1_seg": [0, 2, 2, 4]}, "_1_seg:4: error: ends at 4: expected 3"),
        ({"1_crd": [0, 4, 1]}, "_1_crd:2: error: has coordinate 4: expected one from 0 to 3"),
        ({"1_crd": [0, "", 1]}, "_1_crd:2: error: '' is no integer"),
        ({"1_crd": [0, "1 2", 1]}, "_1_crd:2: error: '1 2' is no integer"),
        ({"1_crd": [0, 10**20, 1]}, f"_1_crd:2: error: {10**20} is too large"),
        ({"1_crd": [0, "1_0", 1]}, "_1_crd:2: error: '1_0' is no integer"),
        ({"vals": [1, "1_0", 3]}, "_vals:2: error: '1_0' is no number"),
        ({"vals": [1, 2]}, "_vals:3: error: has 2 values: expected 3"),
        ({"vals": [1, 2, "three"]}, "_vals:3: error: 'three' is no number"),
        ({"vals": [1, 2, "1e99"]}, "_vals:3: error: value 1e99 does not fit f32"),
        ({"0_seg": [0, 3]}, "_0_seg: error: segments of a dense level"),
    ],
)
def test_folders_that_are_wrong(folder, changed, message):
    with pytest.raises(RduError) as raised:
        read_folder(folder(CSR, **changed), "B", NAMED_FORMATS["csr"])
    assert raised.value.render().startswith(f"tensor_B_mode{message}")


def test_levels_that_have_no_files(tmp_path):
    form = NAMED_FORMATS["bitmap"]
    with pytest.raises(UsageError, match="a 'bitvector' level in a folder: expected dense or comp"):
        write_folder(tmp_path, "B", build(Coordinates.from_dense(EXAMPLE), form))
    with pytest.raises(UsageError, match="a 'bitvector' level"):
        read_folder(tmp_path, "B", form)
    with pytest.raises(UsageError, match="tensor_B_mode_shape' cannot be read: No such file"):
        read_folder(tmp_path, "B", NAMED_FORMATS["csr"])
