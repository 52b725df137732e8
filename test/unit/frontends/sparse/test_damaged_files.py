"""Damaged files are read or diagnosed, whatever the damage is."""

import gzip
import io

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.frontends.sparse import load_tensor, read_folder, write_folder
from rdu.frontends.sparse.numpy_files import load_numpy
from rdu.runtime import load_tensors, save_tensors
from rdu.semantics.fibertree import NAMED_FORMATS, Fibertree, find_flaws, store
from rdu.support.diagnostics import ExitCode, RduError

FILES = {
    "general.mtx": "%%MatrixMarket matrix coordinate real general\n%\n3 4 2\n1 1 .5\n3 4 -1e3\n",
    "symmetric.mtx": "%%MatrixMarket matrix coordinate integer symmetric\n3 3 2\n2 1 7\n3 3 -2\n",
    "skew.mtx": "%%MatrixMarket matrix coordinate real skew-symmetric\n3 3 2\n2 1 7\n3 1 -2\n",
    "pattern.mtx": "%%MatrixMarket matrix coordinate pattern general\n3 3 2\n2 1\n3 3\n",
    "array.mtx": "%%MatrixMarket matrix array real general\n2 2\n1\n2.5\n0\n4\n",
    "cube.tns": "# c\n1 1 2 1.5\n3 2 1 -4\n2 2 2 7\n",
}
EXAMPLE = np.array([[5, 0, 0, 1], [0, 0, 0, 0], [0, 3, 0, 0]], np.float32)
EDITS = st.lists(
    st.tuples(
        st.integers(0, 2**16),
        st.integers(0, 2),
        st.sampled_from(
            [b"", b"0", b"9", b"-", b".", b"e", b" ", b"\n", b"%", b"#", b"x", b"\xff"]
        ),
    ),
    min_size=1,
    max_size=3,
)


def damaged(text, edits):
    """Replace some bytes at each place."""
    for place, length, inserted in edits:
        place %= len(text) + 1
        text = text[:place] + inserted + text[place + length :]
    return text


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(FILES)), EDITS, st.booleans())
def test_a_damaged_file(tmp_path_factory, name, edits, packed):
    text = FILES[name].encode()
    path = tmp_path_factory.getbasetemp() / (f"{name}.gz" if packed else name)
    path.write_bytes(
        damaged(gzip.compress(text, mtime=0), edits) if packed else damaged(text, edits)
    )
    try:
        tree = load_tensor(path)
    except RduError:
        return
    assert find_flaws(tree) == []
    assert len(tree.values) <= 2 * len(text)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["shape", "1_seg", "1_crd", "vals"]), EDITS)
def test_a_damaged_folder(tmp_path_factory, name, edits):
    folder = tmp_path_factory.getbasetemp() / "folder"
    write_folder(folder, "B", store(EXAMPLE, ["dense", "compressed"], [0, 1]))
    path = folder / f"tensor_B_mode_{name}"
    path.write_bytes(damaged(path.read_bytes(), edits))
    try:
        tree = read_folder(folder, "B", NAMED_FORMATS["csr"])
    except RduError:
        return
    assert find_flaws(tree) == []


def numpy_file(name):
    """Return the bytes of a file of NumPy's; its name is the layout and the suffix."""
    layout, suffix = name.split(".")
    file = io.BytesIO()
    if suffix == "npy":
        np.save(file, EXAMPLE)
    else:
        scipy.sparse.save_npz(file, scipy.sparse.coo_array(EXAMPLE).asformat(layout))
    return file.getvalue()


def outcome(read, path):
    """Return what is read and how it is refused, one of them None; a refusal names the file."""
    try:
        return read(path), None
    except RduError as wrong:
        refused = wrong
    assert str(refused).startswith(f"{path}: error: ")
    assert " object at 0x" not in str(refused)
    return None, refused


NUMPY_FILES = ("array.npy", "coo.npz", "csr.npz", "csc.npz", "bsr.npz", "dia.npz")
BYTES = st.lists(
    st.tuples(st.integers(0, 2**16), st.integers(0, 4), st.binary(max_size=4)), max_size=3
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(NUMPY_FILES), BYTES, st.integers(0, 2**16) | st.none())
def test_a_damaged_file_of_numpy(tmp_path_factory, name, edits, cut):
    path = tmp_path_factory.getbasetemp() / name
    text = damaged(numpy_file(name), edits)
    path.write_bytes(text if cut is None else text[: cut % (len(text) + 1)])
    tree, refused = outcome(load_numpy, path)
    assert refused is None or refused.exit_code is ExitCode.ERROR
    assert not isinstance(tree, Fibertree) or find_flaws(tree) == []


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["a.npz", "a.safetensors"]), BYTES, st.integers(0, 2**16) | st.none())
def test_damaged_tensors_by_name(tmp_path_factory, name, edits, cut):
    path = tmp_path_factory.getbasetemp() / name
    save_tensors(path, {"B": EXAMPLE, "c": np.arange(3, dtype=np.int32)})
    text = damaged(path.read_bytes(), edits)
    path.write_bytes(text if cut is None else text[: cut % (len(text) + 1)])
    outcome(load_tensors, path)


@pytest.mark.parametrize("shape", ["(3, 4), 'x': {1: [2}", "(4294967296, 4294967296)", "(3, f(4))"])
def test_headers_of_numpy_that_are_no_headers(tmp_path, shape):
    path = tmp_path / "B.npy"
    path.write_bytes(numpy_file("array.npy").replace(b"(3, 4)", shape.encode()))
    with pytest.raises(RduError, match=r"B\.npy: error: not a \.npy file: it "):
        load_numpy(path)
