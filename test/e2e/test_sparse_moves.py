"""PyTorch models that take tensors apart and put them together, against PyTorch."""

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402, N812
from torch_functions import CallXY  # noqa: E402

from rdu.sparse_model import compile_sparse  # noqa: E402


def rotated(x, y):
    return torch.cat((-x[:, 4:], x[:, :4]), 1) * y


def attention(x, y):
    """Query, key and value of two heads from one tensor."""
    q, k, v = (
        each.view(4, 2, 2).transpose(0, 1) for each in torch.cat((x, y[:, :4]), 1).chunk(3, 1)
    )
    return (q @ k.transpose(1, 2) @ v).transpose(0, 1).reshape(4, 4)


MOVES = {
    "cat rows": lambda x, y: torch.cat((x, y, x)),
    "cat columns": lambda x, y: torch.cat((x, x * y), -1),
    "stack": lambda x, y: torch.stack((x, y)),
    "sum of a stack": lambda x, y: torch.stack((x.view(4, 4, 2), y.view(4, 4, 2))).sum(0),
    "stack inside": lambda x, y: torch.stack((x, y), 2),
    "slices": lambda x, y: x[1:3] * y[:2],
    "strides": lambda x, y: x[:, 1:7:2] + y[:, ::3],
    "row": lambda x, y: x[1] * y[-1],
    "column": lambda x, y: x[:, 2] + y[:, 0],
    "chunk": lambda x, y: sum(x.chunk(4, 1)) * y[:, :2],
    "split": lambda x, y: torch.cat(x.split([2, 6], 1)[::-1], 1) - y,
    "unbind": lambda x, y: sum(x.unbind(0)) * y,
    "pad": lambda x, y: F.pad(x, (1, 2)),
    "pad rows": lambda x, y: F.pad(x, (0, 0, 2, 1))[1:5] * y,
    "pad that shifts": lambda x, y: F.pad(x, (-1, 1, 2, -2)),
    "pad that cuts": lambda x, y: F.pad(x, (-2, -1)) + F.pad(y, (0, -3, 1, -1)),
    "pad with a number": lambda x, y: F.pad(x, (1, -1, 0, 2), value=1.5),
    "scatter": lambda x, y: torch.slice_scatter(x, y[:, :3], 1, 2, 5),
    "rotated": rotated,
    "attention": attention,
    "rolled": lambda x, y: x.roll((1, -2), (0, 1)) + y.roll(8, 1),
    "reversed": lambda x, y: torch.flip(x, [0]) * torch.fliplr(y),
    "running sums": lambda x, y: x.cumsum(1) + y.cumsum(0),
    "product": lambda x, y: torch.cat((x, y), 1) @ torch.cat((y, x), 1).T,
    "halves": lambda x, y: (x @ y.T)[:2, 2:],
    "diagonal": lambda x, y: torch.diagonal(x) * y[0, :4],
    "beside the diagonal": lambda x, y: torch.diagonal(x, 3) + torch.diagonal(y, -1)[0],
    "trace of a product": lambda x, y: torch.trace(x @ y.T),
    "diagonals of several": lambda x, y: torch.einsum(
        "iji->ij", torch.stack((x, y, x, y), 2)[:, :2]
    ),
    "scaled by a diagonal": lambda x, y: torch.einsum("ij,ii->ij", x, y[:, :4]),
    "gated": lambda x, y: F.glu(x, 1) + y[:, :4],
}


def compiled(name, form, **options):
    torch.manual_seed(3)
    x, y = (torch.randn(4, 8) * (torch.rand(4, 8) < 0.4) for _ in "xy")
    formats = {"x": form, "y": form} if form else {}
    if form == "csr and dense":
        formats = {"x": "csr"}
    return compile_sparse(CallXY(MOVES[name]).eval(), (x, y), formats=formats, **options), (x, y)


@pytest.mark.parametrize("form", [None, "csr", "dcsr", "csr and dense"])
@pytest.mark.parametrize("name", list(MOVES))
def test_moves(name, form):
    model, arguments = compiled(name, form)
    for given in (arguments, [torch.zeros(4, 8), torch.zeros(4, 8)]):
        assert model.check(*given) <= 1e-5


@pytest.mark.parametrize("name", ["cat columns", "chunk", "attention"])
def test_moves_between_columns_and_fused(name):
    for form, fusion in (("csc", "none"), ("csr", "auto"), ("csr", "full")):
        model, arguments = compiled(name, form, fusion=fusion)
        assert model.check(*arguments) <= 1e-5


@pytest.mark.parametrize("name", ["cat columns", "stack", "strides", "pad", "scatter"])
def test_moves_on_a_grid(name):
    model, arguments = compiled(name, "csr", machine="capstan")
    assert model.check(*arguments) <= 1e-5
