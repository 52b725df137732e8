"""PyTorch models that access tensors by values, against PyTorch: gathers and scatters."""

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402, N812
from torch import nn  # noqa: E402
from torch_functions import Call  # noqa: E402

from rdu.sparse_model import compile_sparse  # noqa: E402
from rdu.support.diagnostics import RduError  # noqa: E402

ENGINES = ("native", "python")


def places(extent, *shape):
    return torch.randint(0, extent, shape, dtype=torch.int32)


def distinct(extent, rows, count):
    """Return so many positions a row, none of them twice."""
    return torch.stack([torch.randperm(extent)[:count] for _ in range(rows)]).int()


def values(*shape):
    return torch.randint(-4, 5, shape).float()


def messages(x, source, target, weight):
    """Pass what edges carry from node to node, as PyTorch Geometric does."""
    return torch.zeros(5, 3).index_add(0, target, (x @ weight)[source]).relu()


def degrees(x, source, target):
    """Sum over the neighbours of each node, and divide by how many there are."""
    ones = torch.zeros(5).index_add(0, target, torch.ones(9))
    return torch.zeros_like(x).index_add(0, target, x[source]) / (ones + 1.0)[:, None]


def pooled(table, i):
    return F.embedding(i, table).mean(1)


def heads(table, i):
    return F.embedding(i, table).reshape(3, 4, 2, 3).sum(1)


def gated(x, i, gates, weight):
    return torch.zeros_like(x).scatter(1, i.long(), gates) @ weight


GATHERS = {
    "embedding": lambda: (lambda t, i: F.embedding(i, t), (values(7, 4), places(7, 5))),
    "embedding of rows": lambda: (lambda t, i: F.embedding(i, t), (values(7, 4), places(7, 2, 3))),
    "pooled": lambda: (pooled, (values(7, 4), places(7, 2, 3))),
    "heads": lambda: (heads, (values(7, 6), places(7, 3, 4))),
    "rows": lambda: (lambda x, i: x[i], (values(5, 3), places(5, 4))),
    "rows from the end": lambda: (lambda x, i: x[i], (values(5, 3), places(5, 4) - 5)),
    "columns": lambda: (lambda x, i: x[:, i], (values(5, 3), places(3, 4))),
    "points": lambda: (lambda x, i, j: x[i, j], (values(5, 3), places(5, 4), places(3, 4))),
    "both sides": lambda: (
        lambda x, i, j: x[i, :, j],
        (values(3, 4, 5), places(3, 6), places(5, 6)),
    ),
    "select": lambda: (lambda x, i: x.index_select(-1, i), (values(5, 3), places(3, 4))),
    "gather": lambda: (lambda x, i: x.gather(-1, i.long()), (values(5, 6), places(6, 5, 2))),
    "gather rows": lambda: (lambda x, i: x.gather(0, i.long()), (values(5, 6), places(5, 2, 4))),
    "gather of three": lambda: (
        lambda x, i: x.gather(1, i.long()),
        (values(2, 4, 3), places(4, 2, 3, 3)),
    ),
    "of a product": lambda: (
        lambda x, y, i: (x @ y)[i],
        (values(5, 3), values(3, 4), places(5, 6)),
    ),
    "columns of a product": lambda: (
        lambda x, y, i: (x @ y)[:, i],
        (values(5, 3), values(3, 4), places(4, 6)),
    ),
}

SCATTERS = {
    "add rows": lambda: (
        lambda x, i, v: x.index_add(0, i, v),
        (values(5, 3), places(5, 4), values(4, 3)),
    ),
    "add columns": lambda: (
        lambda x, i, v: x.index_add(-1, i, v, alpha=2.0),
        (values(5, 3), places(3, 4), values(5, 4)),
    ),
    "add": lambda: (
        lambda x, i, v: x.scatter_add(-1, i.long(), v),
        (values(4, 6), places(6, 4, 3), values(4, 3)),
    ),
    "add of three": lambda: (
        lambda i, v: torch.zeros(2, 3, 4).scatter_add(1, i.long(), v),
        (places(3, 2, 2, 4), values(2, 2, 4)),
    ),
    "add points": lambda: (
        lambda x, i, j, v: x.index_put((i.long(), j.long()), v, accumulate=True),
        (values(4, 6), places(4, 9), places(6, 9), values(9)),
    ),
    "sum": lambda: (
        lambda i, v: torch.zeros(4, 6).scatter_reduce(0, i.long(), v, "sum"),
        (places(4, 3, 5), values(3, 5)),
    ),
    "replace": lambda: (
        lambda x, i: torch.zeros_like(x).scatter(-1, i.long(), x),
        (values(4, 6), distinct(6, 4, 6)),
    ),
    "replace by one": lambda: (
        lambda i: torch.zeros(4, 6).scatter(1, i.long(), 1.5),
        (distinct(6, 4, 2),),
    ),
    "replace by a smaller part": lambda: (
        lambda i, v: torch.zeros(4, 6).scatter(1, i.long(), v),
        (distinct(6, 3, 2), values(4, 3)),
    ),
    "replace rows": lambda: (
        lambda i, v: torch.zeros(5, 3).index_copy(0, i.long(), v),
        (distinct(5, 1, 4)[0], values(4, 3)),
    ),
    "replace columns": lambda: (
        lambda i, v: torch.zeros(3, 5).index_copy(-1, i.long(), v),
        (distinct(5, 1, 4)[0], values(3, 4)),
    ),
    "messages": lambda: (messages, (values(5, 4), places(5, 9), places(5, 9), values(4, 3))),
    "degrees": lambda: (degrees, (values(5, 4), places(5, 9), places(5, 9))),
    "gates": lambda: (gated, (values(4, 6), distinct(6, 4, 2), values(4, 2), values(6, 3))),
}
CASES = {**GATHERS, **SCATTERS}


@pytest.mark.parametrize("machine", ["sam-ideal", "capstan"])
@pytest.mark.parametrize("name", CASES)
def test_as_pytorch_has_it(name, machine):
    torch.manual_seed(5)
    function, arguments = CASES[name]()
    model = compile_sparse(Call(function), arguments, machine=machine)
    cycles = set()
    for model.engine in ENGINES:
        model.check(*arguments)
        cycles.add(model.cycles)
    assert len(cycles) == 1


@pytest.mark.parametrize("form", ["csr", "dcsr", "csc"])
@pytest.mark.parametrize("name", ["embedding", "rows", "columns", "points", "select", "add rows"])
def test_sparse_operands(name, form):
    """Tables, and tensors that are added to, may be stored in any way."""
    torch.manual_seed(6)
    function, arguments = CASES[name]()
    arguments = (arguments[0] * (torch.rand(arguments[0].shape) < 0.5), *arguments[1:])
    compiled = compile_sparse(Call(function), arguments, formats={"arguments_0": form})
    compiled.check(*arguments)


def test_sparse_updates():
    """Rows that store nothing add nothing."""
    torch.manual_seed(7)
    x, i = values(5, 3), places(5, 4)
    v = values(4, 3) * (torch.rand(4, 3) < 0.3)
    model = Call(lambda x, i, v: x.index_add(0, i, v))
    compile_sparse(model, (x, i, v), formats={"arguments_2": "csr"}).check(x, i, v)


def test_only_what_was_scattered_is_stored():
    i, v = torch.tensor([3, 3, 900], dtype=torch.int32), torch.ones(3)
    model = compile_sparse(Call(lambda i, v: torch.zeros(1000).index_add(0, i, v)), (i, v))
    model.check(i, v)
    assert model.cycles < 60


@pytest.mark.parametrize(
    ("function", "index", "said"),
    [
        (lambda x, i: F.embedding(i, x), 4, "expected 0..3, got 4"),
        (lambda x, i: F.embedding(i, x), -1, "expected 0..3, got -1"),
        (lambda x, i: x[i], -5, "expected -4..3, got -5"),
        (lambda x, i: torch.zeros(4, 3).index_add(0, i, x[:1]), 4, "expected 0..3, got 4"),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_index_out_of_range(function, index, said, engine):
    """The fault names the primitive, the value and the extent."""
    x, i = values(4, 3), torch.tensor([0], dtype=torch.int32)
    model = compile_sparse(Call(function), (x, i), engine=engine)
    with pytest.raises(RduError, match=said) as failure:
        model(x, torch.tensor([index], dtype=torch.int32))
    assert "'as_crd' takes a value of 'val' for a coordinate" in str(failure.value)


REPLACED = {
    "scatter": lambda x, i, v: x.scatter(1, i, v),
    "a number": lambda x, i, v: x.scatter(1, i, 2.5),
    "zeros": lambda x, i, v: x.scatter(1, i, 0.0),
    "of ones": lambda x, i, v: torch.ones(4, 6).scatter(1, i, v),
    "rows": lambda x, i, v: x.index_copy(0, i[0, :2].clamp(0, 3), x[:2] + 1),
    "a row": lambda x, i, v: x.index_put((i[0, :1].clamp(0, 3),), v.sum(0).repeat(2)),
    "filled": lambda x, i, v: x.index_fill(1, i[1], -1.0),
    "integers": lambda x, i, v: (4 * v[:, :1]).int().repeat(1, 6).scatter(1, i, (4 * v).int()),
    "as they were sorted": lambda x, i, v: torch.full_like(x, -9.0).scatter(
        1,
        torch.argsort(x, dim=1, stable=True)[:, 2:],
        torch.sort(x, dim=1, stable=True)[0][:, 2:],
    ),
}


@pytest.mark.parametrize("formats", [{}, {"arguments_0": "csr"}, {"arguments_0": "dcsc"}])
@pytest.mark.parametrize("name", REPLACED)
def test_values_that_are_replaced(name, formats):
    """What is there stays where nothing is stored, infinities and NaN among it."""
    torch.manual_seed(2)
    x, v = values(4, 6) / 2, values(4, 3)
    x[1], x[2, :2] = float("inf"), float("nan")
    i = distinct(6, 4, 3).long()
    i[0, :2] = torch.tensor([3, 1])
    model = Call(REPLACED[name]).eval()
    for options in ({}, {"fusion": "auto", "lanes": 2}, {"machine": "capstan"}):
        found = compile_sparse(model, (x, i, v), formats=formats, **options)(x, i, v)
        torch.testing.assert_close(found, model(x, i, v), equal_nan=True)


REFUSED = {
    "maximum": (
        lambda x, i: x.scatter_reduce(0, i.long()[:, None], x[:2, :1], "amax"),
        "combines values by 'arith.maximumf'",
    ),
    "computed": (lambda x, i: x[i.long() * 2 % 3], "is tensor<2xi64>"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    function, said = REFUSED[name]
    arguments = values(4, 3), torch.tensor([0, 1], dtype=torch.int32)
    with pytest.raises(RduError, match=said):
        compile_sparse(Call(function), arguments)


class Edges(nn.Module):
    """A graph network whose edges are a buffer, as PyTorch has indices: of int64."""

    def __init__(self):
        super().__init__()
        self.register_buffer("edges", torch.tensor([[0, 1, 1, 3], [2, 2, 0, 1]]))
        self.layer = nn.Linear(3, 2, bias=False)

    def forward(self, x):
        source, target = self.edges
        sums = torch.zeros(4, 2).index_add(0, target, self.layer(x)[source])
        return sums.relu()


@pytest.mark.parametrize("machine", ["sam-ideal", "capstan"])
def test_buffers_of_int64(machine):
    torch.manual_seed(8)
    x = values(4, 3)
    compile_sparse(Edges(), (x,), machine=machine).check(x)


def test_inputs_of_int64():
    x, i = values(4, 3), torch.tensor([[3, 0], [1, 1]])
    model = compile_sparse(Call(lambda x, i: F.embedding(i, x).sum(1)), (x, i))
    model.check(x, i)
    model.check(x, i.flip(0))


def test_an_int64_that_does_not_fit():
    x, i = values(4, 3), torch.tensor([[3, 0], [1, 1]])
    model = compile_sparse(Call(lambda x, i: x[i]), (x, i))
    said = r"input 'arguments_1': expected values from -2147483648 to 2147483647, got 4294967297 at"
    with pytest.raises(RduError, match=said):
        model(x, torch.tensor([[3, 0], [2**32 + 1, 1]]))
