"""Results with a format of their own store none of the zeros that are computed, against PyTorch."""

from itertools import pairwise
from random import Random

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402, N812
from torch import nn  # noqa: E402

from rdu.sparse_model import compile_sparse  # noqa: E402

FORMATS = ("csr", "csc", "dcsr", "dcsc", "ss:1,0", "ds:0,1")


class Layers(nn.Module):
    def __init__(self, *sizes, bias=0.0):
        super().__init__()
        torch.manual_seed(2)
        self.layers = nn.ModuleList(nn.Linear(n, m) for n, m in pairwise(sizes))
        for layer in self.layers[:-1]:
            nn.init.constant_(layer.bias, bias)

    def forward(self, x):
        *inner, last = self.layers
        for layer in inner:
            x = F.relu(layer(x))
        return last(x)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("fusion", ["none", "auto", "full"])
def test_activations_cost_what_is_left_of_them(form, fusion):
    model, x = Layers(12, 40, 10).eval(), torch.randn(6, 12)
    plain = compile_sparse(model, (x,), fusion=fusion)
    sparse = compile_sparse(model, (x,), formats={"relu": form}, fusion=fusion)
    assert max(plain.check(x), sparse.check(x)) < 1e-5
    assert "sam.val_drop" in sparse.stage("sam")
    assert "sam.val_drop" not in plain.stage("sam")
    if form in ("csr", "dcsr", "ds:0,1") and fusion != "full":
        assert sparse.cycles < plain.cycles


def test_a_format_without_a_compressed_end_drops_nothing():
    model, x = Layers(6, 8, 4).eval(), torch.randn(3, 6)
    for form in ("dense", "sd", "dd:1,0"):
        compiled = compile_sparse(model, (x,), formats={"relu": form})
        assert compiled.check(x) < 1e-5
        assert "sam.val_drop" not in compiled.stage("sam")


def test_what_is_dropped_is_said(capfd):
    compile_sparse(Layers(6, 8, 4).eval(), (torch.randn(3, 6),), formats={"relu": "csr"})
    said = "stores no zeros that it computes, in the levels dense, compressed"
    assert said in capfd.readouterr().err


def test_nothing_may_be_left():
    model, x = Layers(6, 8, 4, bias=-100.0).eval(), torch.randn(3, 6)
    for form in FORMATS:
        assert compile_sparse(model, (x,), formats={"relu": form}).check(x) < 1e-5


class Activated(nn.Module):
    """What a function gives, less what is small, is read twice and returned."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x, y):
        kept = F.threshold(self.function(x, y), 0.2, 0)
        if not kept.is_floating_point():  # sums of i32 are i64
            return kept * kept[0], kept + 1, kept
        return kept @ kept.T, kept.sum(0) + kept[0], kept


FUNCTIONS = {
    "sum": lambda x, y: x + y,
    "product": lambda x, y: x * y,
    "matmul": lambda x, y: x @ y.T @ x,
    "where": lambda x, y: torch.where(x > y, x, y),
    "exp": lambda x, y: x.exp() - 1,
    "ints": lambda x, y: x.to(torch.int32) + y.to(torch.int32),
}


@pytest.mark.parametrize("seed", range(30))
def test_random_activations(seed):
    random = Random(seed)
    torch.manual_seed(seed)
    density = random.choice((0.0, 0.2, 0.6, 1.0))
    x, y = (2 * torch.randn(5, 7) * (torch.rand(5, 7) < density) for _ in "xy")
    model = Activated(FUNCTIONS[random.choice(list(FUNCTIONS))]).eval()
    forms = {name: random.choice(("csr", "dcsr", "csc", "coo", "dense")) for name in "xy"}
    options = {"fusion": random.choice(("none", "auto", "full"))}
    if seed % 6 == 5:
        options["machine"] = "capstan"
    elif seed % 3 == 2:
        options["engine"] = "python"
    formats = {**forms, "threshold": random.choice(FORMATS)}
    compiled = compile_sparse(model, (x, y), formats=formats, **options)
    assert "sam.val_drop" in compiled.stage("sam")
    for found, expected in zip(compiled(x, y), model(x, y), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
