"""Functions of PyTorch on sparse tensors, also those that are not zero at zero, against PyTorch."""

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402, N812
from torch import nn  # noqa: E402
from torch_functions import CallXY  # noqa: E402

from rdu.sparse_model import compile_sparse  # noqa: E402
from rdu.support.diagnostics import RduError  # noqa: E402

FUNCTIONS = {
    "padding by reflection": lambda x, y: F.pad(x[None], (1, 2), mode="reflect") * 2,
    "clamp": lambda x, y: x.clamp(-0.5, 0.5),
    "at least 1": lambda x, y: x.clamp(min=1.0),
    "at most -1": lambda x, y: x.clamp(max=-1.0),
    "maximum": torch.maximum,
    "minimum": lambda x, y: torch.minimum(x, y) + 1,
    "relu6": lambda x, y: F.relu6(x * 4),
    "leaky_relu": lambda x, y: F.leaky_relu(x, 0.1),
    "elu": lambda x, y: F.elu(x),
    "selu": lambda x, y: F.selu(x),
    "hardtanh": lambda x, y: F.hardtanh(x),
    "hardswish": lambda x, y: F.hardswish(x),
    "hardsigmoid": lambda x, y: F.hardsigmoid(x),
    "silu": lambda x, y: F.silu(x),
    "gelu": lambda x, y: F.gelu(x),
    "gelu by tanh": lambda x, y: F.gelu(x, approximate="tanh"),
    "erf": lambda x, y: torch.erf(x),
    "exp2": lambda x, y: torch.exp2(x),
    "log2": lambda x, y: torch.log2(x.abs() + 0.5),
    "log10": lambda x, y: torch.log10(x * x + 1),
    "square": lambda x, y: x**2,
    "root": lambda x, y: x.abs() ** 0.5,
    "power": lambda x, y: x.abs() ** 2.5,
    "inverse root": lambda x, y: (x * x + 1) ** -0.5,
    "of a number": lambda x, y: 3**x,
    "norm": lambda x, y: x.norm(dim=1),
    "one less": lambda x, y: 1 - x,
}


def thin(density):
    torch.manual_seed(5)
    return tuple(torch.randn(4, 6) * (torch.rand(4, 6) < density) for _ in "xy")


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_functions(name):
    formats = {"x": "dcsr", "y": "csr"}
    model = compile_sparse(CallXY(FUNCTIONS[name]).eval(), thin(0.4), formats=formats)
    for density in (0, 0.4):
        assert model.check(*thin(density)) <= 1e-5


REPEATED = {
    "sum": lambda x, y: x.unsqueeze(0).expand(3, 4, 6).sum(0),
    "product": lambda x, y: x.expand(3, 4, 6).prod(0),
    "greatest": lambda x, y: x[:, :1].expand(4, 5).amax(1) + y[:, 0],
    "norm": lambda x, y: torch.linalg.vector_norm((x @ y.T).expand(2, 4, 4), 2, 0),
}


@pytest.mark.parametrize("name", list(REPEATED))
def test_reductions_of_what_is_repeated(name):
    arguments, model = thin(0.4), CallXY(REPEATED[name]).eval()
    for formats in ({}, {"x": "dcsr", "y": "csr"}):
        for fusion in ("none", "full"):
            compiled = compile_sparse(model, arguments, formats=formats, fusion=fusion)
            assert compiled.check(*arguments) <= 1e-5


EDGES = {
    "log1p": torch.log1p,
    "expm1": torch.expm1,
    "softplus": F.softplus,
    "cube": lambda x: x**3,
    "fifth power": lambda x: x**5,
    "reciprocal of a square": lambda x: x**-2,
    "reciprocal of a cube": lambda x: (x + 0.0) ** -3,
    "reciprocal of a power": lambda x: x.abs() ** -9,
    "norm of cubes": lambda x: torch.linalg.vector_norm(x, 3, 1),
    "sum of magnitudes": lambda x: torch.linalg.vector_norm(x, 1, 1),
    "cross entropy": lambda x: F.binary_cross_entropy_with_logits(
        x, (x > 0).float(), reduction="none"
    ),
}


@pytest.mark.parametrize("name", list(EDGES))
def test_functions_at_their_edges(name):
    """Small values keep their digits, and what is infinite, NaN or zero is as in PyTorch."""
    edges = [0.0, 1e-30, -1e-30, 1e-7, -1e-7, 0.5, -0.9999999, 1.0, -1.0, 20.0, -20.0, 80.0]
    edges += [-80.0, 3e38, float("inf"), float("-inf"), float("nan")]
    x = torch.tensor([edges, list(reversed(edges))])
    model = CallXY(lambda x, y: EDGES[name](x)).eval()
    for formats in ({}, {"x": "csr"}):
        found = compile_sparse(model, (x, x), formats=formats)(x, x)
        torch.testing.assert_close(found, model(x, x), rtol=1e-5, atol=0, equal_nan=True)


ROUNDING = {
    "floor": torch.floor,
    "ceil": torch.ceil,
    "round": torch.round,
    "trunc": torch.trunc,
    "frac": torch.frac,
    "sign": torch.sign,
    "reciprocal": torch.reciprocal,
}


@pytest.mark.parametrize("name", list(ROUNDING))
def test_rounding_is_exact(name):
    edges = [
        0.0,
        -0.0,
        0.5,
        1.5,
        2.5,
        0.49999997,
        1.0,
        3.75,
        8388607.5,
        4194303.5,
        8388608.0,
        1e9,
        3e38,
    ]
    edges += [1.1754944e-38, 1e-45, 2147483648.0, float("inf"), float("nan")]
    x = torch.tensor([edges, [-edge for edge in edges]])
    torch.manual_seed(3)
    x = torch.cat([x, (torch.rand(2, len(edges)) - 0.5) * 20])
    x = torch.where(x == 0, 1.0, x) if name == "reciprocal" else x
    model = CallXY(lambda x, y: ROUNDING[name](x)).eval()
    for fusion in ("none", "auto"):
        found, expected = compile_sparse(model, (x, x), fusion=fusion)(x, x), model(x, x)
        torch.testing.assert_close(found, expected, rtol=0, atol=0, equal_nan=True)
        if name in ("floor", "ceil", "round"):  # what is zero has no sign
            there = ~expected.isnan() & (x != 0)
            assert torch.equal(found.signbit()[there], expected.signbit()[there])


def test_rounding_takes_what_is_stored():
    torch.manual_seed(0)
    x = torch.randn(30, 30) * (torch.rand(30, 30) < 0.05)
    model = CallXY(lambda x, y: torch.floor(x) + torch.ceil(x) + torch.round(x)).eval()
    arguments = x, torch.zeros(30, 30)
    compiled = compile_sparse(model, arguments, formats={"x": "dcsr"}, fusion="auto")
    assert compiled.check(*arguments) == 0
    assert compiled.cycles < 450


@pytest.mark.parametrize("name", ["gelu", "clamp", "power"])
def test_functions_on_a_grid(name):
    arguments = thin(0.4)
    options = {"formats": {"x": "csr"}, "machine": "capstan"}
    assert (
        compile_sparse(CallXY(FUNCTIONS[name]).eval(), arguments, **options).check(*arguments)
        <= 1e-5
    )


@pytest.mark.parametrize("name", ["clamp", "maximum", "minimum", "relu6", "hardtanh"])
def test_nan_stays(name):
    x, y = thin(1)
    x[1, 2], y[2, 3] = float("nan"), float("nan")
    model = CallXY(FUNCTIONS[name]).eval()
    found = compile_sparse(model, (x, y))(x, y)
    torch.testing.assert_close(found, model(x, y), equal_nan=True)


NORMS = {
    "groups": (nn.GroupNorm(2, 4), (2, 4, 3)),
    "one group": (nn.GroupNorm(1, 4), (2, 4, 3, 2)),
    "a group each, without weights": (nn.GroupNorm(4, 4, affine=False), (2, 4, 3)),
    "instances": (nn.InstanceNorm1d(4, affine=True), (2, 4, 5)),
    "batches": (nn.BatchNorm1d(6), (4, 6)),
    "batches of images": (nn.BatchNorm2d(3), (2, 3, 4, 2)),
    "root mean square": (nn.RMSNorm(6), (4, 6)),
}


@pytest.mark.parametrize("name", list(NORMS))
def test_norms(name):
    norm, shape = NORMS[name]
    torch.manual_seed(4)
    for tensor in (*norm.parameters(), *norm.buffers()):
        if tensor.is_floating_point():
            nn.init.uniform_(tensor, 0.5, 2.0)
    arguments = (torch.randn(shape),)
    for fusion in ("none", "auto"):
        assert compile_sparse(norm.eval(), arguments, fusion=fusion).check(*arguments) <= 1e-5


REFUSED = {
    "sin": (lambda x, y: torch.sin(x), "'math.sin' (f32) -> f32"),
    "atan": (lambda x, y: torch.atan(x), "'math.atan' (f32) -> f32"),
    "power of two tensors": (lambda x, y: x**y, "'math.powf' (f32, f32) -> f32"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_refused_is_said_at_its_line(name):
    function, said = REFUSED[name]
    with pytest.raises(RduError) as refusal:
        compile_sparse(CallXY(function).eval(), thin(0.4), formats={"x": "csr"})
    assert said in str(refusal.value)
    line = CallXY.forward.__code__.co_firstlineno + 1
    assert f"torch_functions.py:{line}: error: " in str(refusal.value)
