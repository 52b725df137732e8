"""PyTorch's tensors of any layout as fibertrees, and back."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rdu.frontends.sparse.elements import Element, cast
from rdu.frontends.sparse.points import store_points
from rdu.semantics.fibertree import NAMED_FORMATS, Coordinates, Fibertree, Format, Zeros, bsr
from rdu.support.diagnostics import RduError, error

TorchLayout = Literal["coo", "csr", "csc", "bsr", "bsc"]


def from_torch(
    tensor: Any,
    form: Format | None = None,
    *,
    element: Element | None = None,
    zeros: Zeros = "keep",
) -> Fibertree:
    """Store a tensor of PyTorch: dense, COO, CSR, CSC, BSR or BSC, batches and hybrids included.

    Without a format, matrices keep theirs (blocks theirs, BSC as compressed columns of blocks), and
    any other tensor has all levels compressed. Of a dense tensor, what is not zero is stored; of
    others all that they hold. Integers become i32 and other values f32 unless an element type is
    given. Raises RduError for values that are complex or do not fit, a format that does not, and
    tensors that are nested or have no values.
    """
    tensor = on_cpu(tensor)
    layout = str(tensor.layout).removeprefix("torch.").removeprefix("sparse_")
    if layout not in _READERS:
        raise RduError(error(f"tensor of layout '{layout}': expected {', '.join(_READERS)}"))
    return store_points(
        _READERS[layout](tensor, element), form or _own_format(tensor, layout), zeros=zeros
    )


def to_torch(tree: Fibertree, layout: TorchLayout = "coo", blocks: tuple[int, int] = (1, 1)) -> Any:
    """Return a tensor of PyTorch with all that a tree stores, zeros included.

    `blocks` is for `bsr` and `bsc`. Raises RduError if the layout cannot hold the tensor.
    """
    torch: Any = import_module("torch")
    points = tree.coordinates().arranged(range(len(tree.shape)))
    columns = [column.astype(np.int64) for column in points.columns]
    indices = np.stack(columns) if columns else np.zeros((0, points.size), np.int64)
    # A copy of the values: the tree's may be shared, and torch's may be written.
    pair = (torch.from_numpy(indices), torch.from_numpy(points.values.copy()))
    made = torch.sparse_coo_tensor(*pair, points.shape, is_coalesced=True, check_invariants=True)
    convert = {"csr": made.to_sparse_csr, "csc": made.to_sparse_csc}
    try:
        if layout in ("bsr", "bsc"):
            return getattr(made, f"to_sparse_{layout}")(blocks)
        return convert[layout]() if layout in convert else made
    except RuntimeError as refusal:
        message = f"a tensor of shape {list(points.shape)} as {layout}: {refusal}"
        raise RduError(error(message.split("\n", 1)[0])) from None


def _own_format(tensor: Any, layout: str) -> Format | None:
    if tensor.dim() != 2 or layout not in ("csr", "csc", "bsr", "bsc") or tensor.dense_dim():
        return None
    if layout in NAMED_FORMATS:
        return NAMED_FORMATS[layout]
    rows, columns = (int(extent) for extent in tensor.values().shape[-2:])
    if layout == "bsr":
        return bsr(rows, columns)
    form = bsr(rows, columns)
    return Format(form.levels, (1, 0, 0, 1))


def _strided(tensor: Any, element: Element | None) -> Coordinates:
    return Coordinates.from_dense(cast(numbers_of(tensor), element))


def _coo(tensor: Any, element: Element | None) -> Coordinates:
    """Take a tensor whose values may be dense tensors themselves, and which may repeat points."""
    values = numbers_of(tensor._values())
    columns, inner = _spread(list(numbers_of(tensor._indices())), values.shape[1:])
    return Coordinates.of(tensor.shape, [*columns, *inner], cast(values.reshape(-1), element))


def _compressed(tensor: Any, element: Element | None) -> Coordinates:
    """Take rows or columns of scalars or blocks, in any number of batches, with dense dimensions.

    Values are `[*batch, stored, *block, *dense]`, indices `[*batch, ...]`.
    """
    by_row = str(tensor.layout) in ("torch.sparse_csr", "torch.sparse_bsr")
    starts = numbers_of(tensor.crow_indices() if by_row else tensor.ccol_indices())
    plain = numbers_of(tensor.col_indices() if by_row else tensor.row_indices())
    values = numbers_of(tensor.values())
    batch = starts.shape[:-1]
    number = np.indices(batch).reshape(len(batch), math.prod(batch))
    each = np.repeat(number, plain.shape[-1], axis=1)
    lengths: NDArray[Any] = np.diff(starts, axis=-1).reshape(-1)
    fibers: NDArray[Any] = np.tile(np.arange(int(starts.shape[-1]) - 1), math.prod(batch))
    compressed: NDArray[Any] = np.repeat(fibers, lengths)
    matrix = [compressed, plain.reshape(-1)] if by_row else [plain.reshape(-1), compressed]
    columns, inner = _spread([*each, *matrix], values.shape[len(batch) + 1 :])
    if str(tensor.layout) in ("torch.sparse_bsr", "torch.sparse_bsc"):
        rows, within = values.shape[len(batch) + 1 : len(batch) + 3]
        columns[-2] = columns[-2] * rows + inner[0]
        columns[-1] = columns[-1] * within + inner[1]
        inner = inner[2:]
    return Coordinates.of(tensor.shape, [*columns, *inner], cast(values.reshape(-1), element))


def _spread(
    columns: list[NDArray[Any]], shape: tuple[int, ...]
) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
    """Repeat points for each element of the dense tensors they hold; return both coordinates."""
    size = math.prod(shape)
    points = len(columns[0]) if columns else 1
    inner = [np.tile(grid.reshape(-1), points) for grid in np.indices(shape)]
    return [np.repeat(column, size) for column in columns], inner


def on_cpu(tensor: Any) -> Any:
    """Return a tensor on the CPU without its history; RduError if it has no values of one shape."""
    if tensor.is_nested:
        raise RduError(error("nested tensor: expected one of a single shape"))
    if tensor.device.type == "meta":
        raise RduError(error("tensor on the meta device: expected values"))
    return tensor.detach().cpu()


def numbers_of(tensor: Any) -> NDArray[Any]:
    """Return a dense tensor on the CPU as an array.

    Floats of less than 32 bits become f32, quantized values what they stand for. Raises RduError
    for types that NumPy has not.
    """
    plain = tensor.dequantize() if tensor.is_quantized else tensor
    wide = plain.float() if plain.is_floating_point() and plain.element_size() < 4 else plain
    try:
        return wide.resolve_conj().resolve_neg().numpy()
    except TypeError:
        dtype = str(tensor.dtype).removeprefix("torch.")
        raise RduError(error(f"values of type {dtype}: expected real numbers")) from None


_READERS = {
    "strided": _strided,
    "coo": _coo,
    **dict.fromkeys(("csr", "csc", "bsr", "bsc"), _compressed),
}
