"""Comparisons, choices and masks of PyTorch on sparse tensors, against PyTorch."""

from random import Random

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402, N812
from torch import nn  # noqa: E402
from torch_functions import CallXYN  # noqa: E402

from rdu.sparse_model import compile_sparse  # noqa: E402
from rdu.support.diagnostics import RduError  # noqa: E402

MASKS = {
    "gt": lambda x, y, n: torch.where(x > y, x, 2 * y),
    "le": lambda x, y, n: torch.where(x <= y, x, y * y),
    "eq": lambda x, y, n: (x == y).float() + x,
    "ne": lambda x, y, n: (x != 0).float(),
    "ge a number": lambda x, y, n: torch.where(x >= 0, 1.0, 0.0) * y,
    "masked_fill": lambda x, y, n: x.masked_fill(x < 0, 0.0),
    "filled otherwise": lambda x, y, n: x.masked_fill(y > 0, -1.0),
    "filled with infinity": lambda x, y, n: x.masked_fill(y > 0, float("-inf")).exp(),
    "to float": lambda x, y, n: (x > 0).float(),
    "to int": lambda x, y, n: (x > 0).to(torch.int32) + n,
    "threshold": lambda x, y, n: F.threshold(x, 0.5, 0.0),
    "threshold of a magnitude": lambda x, y, n: torch.where(x.abs() > 0.5, x, 0.0),
    "hardshrink": lambda x, y, n: F.hardshrink(x),
    "softshrink": lambda x, y, n: F.softshrink(x),
    "sign": lambda x, y, n: torch.sign(x),
    "nan": lambda x, y, n: torch.isnan(x / y).float(),
    "logic": lambda x, y, n: torch.where(~((x > 0) & (y < 1) | (x.abs() > 0.5) ^ (y == 0)), x, y),
    "not": lambda x, y, n: torch.logical_not(x).float(),
    "and": lambda x, y, n: torch.logical_and(x, x > y).float(),
    "ints": lambda x, y, n: torch.where(n > 2, n, 0),
    "ints choose floats": lambda x, y, n: torch.where(n != 0, x, y),
    "casts": lambda x, y, n: x.to(torch.int32) + n,
    "casts back": lambda x, y, n: n.float() * x,
    "smooth": lambda x, y, n: F.smooth_l1_loss(x, y, reduction="none"),
    "clamped": lambda x, y, n: torch.where(x > y, x, y).clamp(-0.5, 0.5),
    "any": lambda x, y, n: (x > 0).any(1).float(),
    "all": lambda x, y, n: (x <= y).all(0).float(),
    "counted": lambda x, y, n: (x > 0).float().sum(1),
    "chosen products": lambda x, y, n: torch.where(x > 0, y @ y.T @ x, 0.0),
    "lower triangle": lambda x, y, n: torch.tril(x) + torch.triu(y, 2),
    "causal": lambda x, y, n: torch.softmax(
        (x @ y.T).masked_fill(torch.ones(4, 4).tril() == 0, float("-inf")), -1
    ),
    "positions": lambda x, y, n: x * torch.arange(6) + torch.arange(4)[:, None],
    "classes": lambda x, y, n: F.one_hot(n.clamp(0, 4).long(), 5).float(),
    "ranges": lambda x, y, n: x * torch.arange(5, -1, -1) + torch.arange(0, 3, 0.5),
    "quotients": lambda x, y, n: n // 3 + torch.div(n, -2, rounding_mode="floor"),
    "remainders": lambda x, y, n: n % 3 + torch.fmod(n, -3) - (n + 1) % (n.abs() + 2),
    "bits": lambda x, y, n: (n ^ 5) + (n | 8) - (n & 3),
    "running counts": lambda x, y, n: (x > 0).cumsum(1).int(),
    "in a sum": lambda x, y, n: torch.where(x > 0, x, 0.0) @ y.T,
}


def thin(density, seed=5):
    torch.manual_seed(seed)
    x, y = (torch.randn(4, 6) * (torch.rand(4, 6) < density) for _ in "xy")
    x[1], y[2] = torch.where(x[1] == 0, 0.5, x[1]), x[2]
    n = torch.randint(-4, 5, (4, 6), dtype=torch.int32) * (torch.rand(4, 6) < density)
    return x, y, n.to(torch.int32)


def check(function, *inputs, **options):
    """Compile a function for the first of the inputs, and run it on all of them."""
    model = CallXYN(function).eval()
    compiled = compile_sparse(model, inputs[0], **options)
    for arguments in inputs:
        torch.testing.assert_close(compiled(*arguments), model(*arguments), equal_nan=True)
    return compiled


FORMATS = ({}, {"x": "dcsr", "y": "csr", "n": "coo"})


@pytest.mark.parametrize("name", list(MASKS))
def test_masks(name):
    for formats in FORMATS:
        for fusion in ("none", "auto"):
            check(MASKS[name], thin(0.4), thin(0), formats=formats, fusion=fusion)


@pytest.mark.parametrize(
    "name", ["gt", "masked_fill", "to int", "logic", "ints choose floats", "causal", "classes"]
)
def test_masks_on_a_grid_and_in_python(name):
    arguments, formats = thin(0.4), FORMATS[1]
    check(MASKS[name], arguments, formats=formats, fusion="auto", machine="capstan")
    engines = [
        check(MASKS[name], arguments, formats=formats, engine=e) for e in ("native", "python")
    ]
    assert engines[0].cycles == engines[1].cycles


@pytest.mark.parametrize(
    "name", ["gt", "le", "eq", "ne", "logic", "sign", "masked_fill", "clamped"]
)
def test_nan_is_as_in_pytorch(name):
    x, y, n = thin(1)
    x[1, 2], y[2, 3], x[3], y[3, :3] = float("nan"), float("nan"), float("inf"), float("nan")
    check(MASKS[name], (x, y, n), fusion="auto")


@pytest.mark.parametrize("name", ["gt", "threshold", "logic", "casts back", "in a sum"])
def test_masks_on_lanes(name):
    arguments = thin(0.6)
    assert check(MASKS[name], arguments, fusion="auto", lanes=2).cycles
    wide = check(MASKS[name], arguments, fusion="auto", lanes="auto").cycles
    assert wide <= check(MASKS[name], arguments, fusion="auto").cycles


def test_a_mask_that_several_read_is_stored():
    def function(x, y, n):
        mask = x > y
        return torch.where(mask, x, y) * mask.float(), torch.where(mask, n, 1)

    model = CallXYN(function).eval()
    arguments = thin(0.4)
    compiled = compile_sparse(model, arguments, formats={"x": "csr", "y": "csr"}, fusion="auto")
    assert "tensor<4x6xi1>" in compiled.stage("sam")
    for found, expected in zip(compiled(*arguments), model(*arguments), strict=True):
        torch.testing.assert_close(found, expected)


def test_a_choice_walks_what_it_chooses_from():
    """Nothing is computed where the mask, or what it lets pass, is absent."""
    torch.manual_seed(1)
    x, y = (torch.randn(40, 40) * (torch.rand(40, 40) < 0.05) for _ in "xy")
    n = torch.zeros(40, 40, dtype=torch.int32)
    formats = {"x": "dcsr", "y": "dcsr"}
    cycles = {
        name: check(function, (x, y, n), formats=formats, fusion="auto").cycles
        for name, function in {
            "kept": lambda x, y, n: torch.where(x > 0, y, 0.0),
            "filled": lambda x, y, n: x.masked_fill(x < 0, 0.0),
            "everywhere": lambda x, y, n: torch.where(x >= 0, 1.0, 0.0),
        }.items()
    }
    stored = int(x.count_nonzero())
    assert cycles["kept"] < 4 * stored
    assert cycles["filled"] < 2 * stored
    assert cycles["everywhere"] > 1600


OPERATIONS = ("where", "masked_fill", "float", "add", "mul", "relu")


def random_function(random, depth):
    """Return a function of x, y and n that compares and chooses, and its text."""

    def value(level):
        if not level or random.random() < 0.15:
            return random.choice(("x", "y", "x", "y", "n.float()"))
        match random.choice(OPERATIONS):
            case "where":
                other = random.choice((value(level - 1), "0.0", "1.5"))
                return f"torch.where({mask(level - 1)}, {value(level - 1)}, {other})"
            case "masked_fill":
                number = random.choice(("0.0", "0.0", "-2.0"))
                return f"{value(level - 1)}.masked_fill({mask(level - 1)}, {number})"
            case "float":
                return f"({mask(level - 1)}).float()"
            case "add":
                return f"({value(level - 1)} + {value(level - 1)})"
            case "mul":
                return f"({value(level - 1)} * {value(level - 1)})"
            case _:
                return f"{value(level - 1)}.relu()"

    def mask(level):
        if level and random.random() < 0.3:
            operator = random.choice("&|^")
            return f"({mask(level - 1)} {operator} {mask(level - 1)})"
        if random.random() < 0.15:
            return f"(~{mask(level)})"
        operator = random.choice((">", ">=", "<", "<=", "==", "!="))
        other = random.choice((value(max(level - 1, 0)), "0", "0.5", "-0.5"))
        return f"({value(max(level - 1, 0))} {operator} {other})"

    text = value(depth)
    return eval(f"lambda x, y, n: {text} + 0 * x", {"torch": torch}), text


@pytest.mark.parametrize("seed", range(24))
def test_random_expressions(seed):
    random = Random(seed)
    function, text = random_function(random, 3)
    density = random.choice((0.0, 0.1, 0.4, 1.0))
    arguments = thin(density, seed)
    formats = {
        name: random.choice(("csr", "dcsr", "csc", "coo", "dense")) for name in ("x", "y", "n")
    }
    options = {"fusion": random.choice(("none", "auto", "full"))}
    if seed % 8 == 7:
        options["machine"] = "capstan"
    elif seed % 4 == 3:
        options["engine"] = "python"
    print(text, formats, options)
    check(function, arguments, formats=formats, **options)


class Masked(nn.Module):
    """Attention with a mask that is a buffer of bool."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mask", torch.ones(4, 4).tril().bool())

    def forward(self, x, kept):
        scores = (x @ x.T).masked_fill(~self.mask, float("-inf"))
        return torch.softmax(scores, -1) @ torch.where(kept, x, 0.0), kept & (x > 0), kept.sum(1)


@pytest.mark.parametrize("machine", ["sam-ideal", "capstan"])
def test_masks_of_a_host(machine):
    x, _, n = thin(0.4)
    model, arguments = Masked().eval(), (x, n != 0)
    compiled = compile_sparse(model, arguments, fusion="auto", machine=machine)
    for found, expected in zip(compiled(*arguments), model(*arguments), strict=True):
        assert found.dtype == expected.dtype
        torch.testing.assert_close(found, expected)
    assert compiled.check(*arguments) <= 1e-5


WRAPPING = {
    "product": lambda n, m: n @ m.T,
    "sum": lambda n, m: n.sum(1).int(),
    "all": lambda n, m: n.prod().int(),
    "computed further": lambda n, m: (n.sum(1) * 2 + m.prod(1) - 5_000_000_000).int(),
    "of int64": lambda n, m: (m.long() * n.long()).int(),
    "quotient": lambda n, m: n // 7 + n % -5,
    "running sum": lambda n, m: n.cumsum(1).int(),
    "beside what fits": lambda n, m: (n.sum(0, dtype=torch.int32), n > m),
}


@pytest.mark.parametrize("formats", [{}, {"n": "csr", "m": "dcsr"}])
@pytest.mark.parametrize("name", list(WRAPPING))
def test_integers_wrap_as_those_of_pytorch(name, formats):
    """What 64 bits sum up or multiply, and 32 are wanted of, is computed in 32."""
    torch.manual_seed(3)
    n, m = (torch.randint(-(2**31), 2**31, (4, 6)).int() for _ in "nm")
    n[1], m[:, 2] = 0, 0
    model = Pair(WRAPPING[name]).eval()
    compiled = compile_sparse(model, (n, m), formats=formats, fusion="auto")
    torch.testing.assert_close(compiled(n, m), model(n, m))


def test_integers_that_may_need_64_bits_are_refused():
    n = torch.ones(4, 6, dtype=torch.int32)
    for function in (
        lambda n, m: n.sum(1),
        lambda n, m: n.sum(1).float(),
        lambda n, m: (n.sum(1).int(), n.sum(1)),
        lambda n, m: n.long() + m > 0,
    ):
        with pytest.raises(RduError, match="xi64>: expected elements of"):
            compile_sparse(Pair(function).eval(), (n, n))


class Pair(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, n, m):
        return self.function(n, m)
