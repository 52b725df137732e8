"""SciPy's arrays and PyTorch's tensors, there and back."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from sparse_arrays import formats, point_lists, sparse_arrays

from rdu.frontends.sparse import from_scipy, from_torch, to_scipy, to_torch
from rdu.semantics.fibertree import NAMED_FORMATS, Coordinates, Format, bsr, build, find_flaws
from rdu.support.diagnostics import RduError

LAYOUTS = ["coo", "csr", "csc", "bsr", "dia", "lil", "dok"]


@given(st.data())
def test_a_scipy_array_of_any_layout(data):
    array = data.draw(sparse_arrays(least=2, most=2))
    layout = data.draw(st.sampled_from(LAYOUTS))
    taken = from_scipy(scipy.sparse.coo_array(array).asformat(layout), data.draw(formats(2)))
    assert find_flaws(taken) == []
    np.testing.assert_array_equal(taken.to_dense(), array)
    back = to_scipy(taken, data.draw(st.sampled_from(LAYOUTS)))
    np.testing.assert_array_equal(back.toarray(), array)


@given(st.data())
def test_scipy_points_of_any_rank_repeated_and_zero(data):
    points = data.draw(point_lists())
    array = scipy.sparse.coo_array((points.values, points.columns), shape=points.shape)
    tree = from_scipy(array, data.draw(formats(len(points.shape))))
    np.testing.assert_array_equal(tree.to_dense(), array.toarray())
    array.sum_duplicates()
    assert from_scipy(array).stored == array.nnz  # zeros, too
    assert from_scipy(array, zeros="drop").stored == array.count_nonzero()


def test_old_matrices_of_scipy_and_types_of_values():
    matrix = scipy.sparse.csr_matrix(np.array([[0, 7], [0, 0]]))
    assert from_scipy(matrix).values.dtype == np.int32
    assert from_scipy(matrix, element="f32").values.dtype == np.float32
    assert from_scipy(matrix.astype(bool)).values.tolist() == [1]
    assert from_scipy(matrix.astype(np.longdouble)).values.dtype == np.float32


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1j], "values of type complex128: expected real numbers"),
        ([2**40], "1 values do not fit i32, the first is 1099511627776"),
        ([1e300], "1 values do not fit f32, the first is 1e\\+300"),
    ],
)
def test_values_that_do_not_fit(values, message):
    with pytest.raises(RduError, match=message):
        from_scipy(scipy.sparse.coo_array(np.array([values])))


def test_formats_and_layouts_that_do_not_fit():
    array = scipy.sparse.coo_array(np.ones((2, 2), np.float32))
    with pytest.raises(RduError, match="2 dimensions: expected 1"):
        from_scipy(array, Format.of(["dense"]))
    with pytest.raises(RduError, match="singleton level 1 has 2 coordinates"):
        from_scipy(array, Format.of(["dense", "singleton"]))
    cube = build(Coordinates.from_dense(np.ones((2, 2, 2), np.float32)), Format.of(["dense"] * 3))
    with pytest.raises(RduError, match="error: "):
        to_scipy(cube, "csr")


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def layouts_of(torch, tensor):
    """Yield a tensor in every layout that PyTorch has for it."""
    yield tensor
    for dense in range(tensor.dim()):
        yield tensor.to_sparse(tensor.dim() - dense)
    if tensor.dim() < 2:
        return
    rows, columns = tensor.shape[-2:]
    blocks = (rows // 2 or 1, columns // 2 or 1)
    blocks = tuple(b if not e % b else 1 for b, e in zip(blocks, (rows, columns), strict=True))
    for convert in ("to_sparse_csr", "to_sparse_csc", "to_sparse_bsr", "to_sparse_bsc"):
        try:
            yield getattr(tensor, convert)(*([blocks] if "bs" in convert else []))
        except RuntimeError:  # batches have to have the same number of elements each
            continue


@given(st.data())
def test_a_torch_tensor_of_any_layout(torch, data):
    array = data.draw(sparse_arrays(most=4))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # some layouts are in beta
        tensors = list(layouts_of(torch, torch.from_numpy(array)))
        tensor = data.draw(st.sampled_from(tensors))
        form = data.draw(st.none() | formats(array.ndim))
        tree = from_torch(tensor, form)
    assert find_flaws(tree) == []
    np.testing.assert_array_equal(tree.to_dense(), array)
    np.testing.assert_array_equal(to_torch(tree).to_dense().numpy(), array)


def test_matrices_of_torch_keep_their_format(torch):
    tensor = torch.tensor([[5, 0, 0, 1.0], [0, 0, 0, 0], [0, 3, 0, 0], [0, 0, 0, 0]])
    assert from_torch(tensor.to_sparse_csr()).format == NAMED_FORMATS["csr"]
    assert from_torch(tensor.to_sparse_csc()).format == NAMED_FORMATS["csc"]
    blocks = from_torch(tensor.to_sparse_bsr((2, 2)))
    assert blocks.format == bsr(2, 2)
    assert blocks.values.tolist() == tensor.to_sparse_bsr((2, 2)).values().reshape(-1).tolist()
    for layout in ("coo", "csr", "csc", "bsr", "bsc"):
        back = to_torch(blocks, layout, (2, 2))
        assert str(back.layout) == f"torch.sparse_{layout}"
        assert torch.equal(back.to_dense(), tensor)


def test_points_of_torch_repeated_and_zero(torch):
    indices = [[2, 0, 2, 1], [1, 0, 1, 1]]
    values = torch.tensor([1.0, 2, 3, 0])
    tensor = torch.sparse_coo_tensor(indices, values, (3, 2), check_invariants=True)
    tree = from_torch(tensor.requires_grad_())
    assert tree.values.tolist() == [2, 0, 4]
    assert from_torch(tensor, zeros="drop").values.tolist() == [2, 4]
    assert to_torch(tree).coalesce().values().tolist() == [2, 0, 4]


def test_types_of_torch(torch):
    ones = torch.eye(2)
    for kind in (torch.bfloat16, torch.float16, torch.float64):
        assert from_torch(ones.to(kind).to_sparse()).values.dtype == np.float32
    for kind in (torch.int8, torch.int64, torch.bool):
        assert from_torch(ones.to(kind).to_sparse()).values.dtype == np.int32
    with pytest.raises(RduError, match="expected real numbers"):
        from_torch(ones * 1j)
    with pytest.raises(RduError, match=r"as bsr: .*divisible"):
        to_torch(from_torch(ones), "bsr", (3, 1))


def test_torch_is_imported_when_it_is_needed():
    code = "import rdu.frontends.sparse, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
