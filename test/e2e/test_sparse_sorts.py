"""Sorts and the choice of the greatest inside models give what PyTorch gives, zeros included.

PyTorch's `topk` takes any of equal values; ours the first of them, as a stable sort does.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from rdu.sparse_model import compile_sparse
from rdu.support.diagnostics import ExitCode, RduError


class Call(nn.Module):
    def __init__(self, function, topk):
        super().__init__()
        self.function, self.topk = function, topk

    def forward(self, x):
        return self.function(x, self.topk)


def stable(x: Tensor, k: int, dim: int = -1, largest: bool = True):
    ordered = torch.sort(x, dim=dim, descending=largest, stable=True)
    return ordered.values.narrow(dim, 0, k), ordered.indices.narrow(dim, 0, k)


def pair(found):
    return found[0], found[1].int()


CASES = {
    "topk": lambda x, topk: pair(topk(x, 2)),
    "topk, values": lambda x, topk: topk(x, 3)[0],
    "topk of a column": lambda x, topk: pair(topk(x, 2, dim=0)),
    "least": lambda x, topk: pair(topk(x, 2, largest=False)),
    "in parts": lambda x, topk: topk(x.reshape(4, 2, 3), 1)[0].reshape(8),
    "sort": lambda x, _: pair(x.sort()),
    "sort of columns": lambda x, _: pair(x.sort(0)),
    "descending": lambda x, _: x.sort(descending=True)[0],
    "argsort": lambda x, _: x.argsort().int(),
    "ranks": lambda x, _: x.sort()[1].sort()[1].int(),
    "parts of a sort": lambda x, _: (x.sort()[0][:, 1:3], x.sort()[1][:, ::2].int()),
    "of a transposed": lambda x, _: x.T.sort(1)[0],
    "of a product": lambda x, topk: pair(topk(torch.relu(x @ x.T), 2)),
    "further": lambda x, topk: topk(torch.relu(x), 3)[0].exp().sum(1),
    "positions further": lambda x, topk: ((topk(x, 2)[1] * 3 + topk(x, 2)[1] + 1) - 2).int(),
    "softmax": lambda x, topk: torch.softmax(topk(x, 2)[0], -1),
    "stable": lambda x, _: torch.sort(x, stable=True, dim=0)[1].int(),
    "in no order": lambda x, _: torch.topk(x, 2, sorted=False)[0].sum(1),
    "greatest": lambda x, _: pair(x.max(1)),
    "least of columns": lambda x, _: pair(x.min(0)),
    "argmax": lambda x, _: x.argmax(1, keepdim=True).int(),
    "argmin": lambda x, _: x.argmin(0).int(),
    "kth": lambda x, _: x.kthvalue(2, 1)[0],
    "of integers": lambda x, topk: topk((x.sort()[1] * 2).int(), 2)[0],
    "of three dimensions": lambda x, topk: pair(topk(x.reshape(2, 2, 6), 2, dim=1)),
}


IDEAL, GRID = "sam-ideal", "capstan"

FORMS = {
    "dense": (IDEAL, GRID),
    "csr": (GRID,),
    "csc": (IDEAL,),
    "coo": (GRID,),
    "ss:1,0": (IDEAL,),
}
"""How the input is stored, and the machines that the model runs on then."""


def sparse_input(seed: int) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    x = torch.randn(4, 6, generator=random).round(decimals=1)
    x = x * (torch.rand(4, 6, generator=random) < 0.6)
    x[1] = 0
    return x


def same(actual, expected):
    if isinstance(expected, Tensor):
        actual, expected = (actual,), (expected,)
    for found, wanted in zip(actual, expected, strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CASES)
def test_models_that_sort(name: str, form: str) -> None:
    x = sparse_input(len(name))
    model = Call(CASES[name], torch.topk).eval()
    expected = Call(CASES[name], stable)(x)
    for machine in FORMS[form]:
        compiled = compile_sparse(model, (x,), formats={"x": form}, machine=machine)
        same(compiled(x), expected)
        cycles = compiled.cycles
        compiled.engine = "python"
        same(compiled(x), expected)
        assert compiled.cycles == cycles


NANS = {
    "sort": lambda x, _: pair(x.sort()),
    "descending": lambda x, _: pair(x.sort(0, descending=True)),
    "greatest": lambda x, _: pair(x.max(1)),
    "least": lambda x, _: pair(x.min(1)),
}


@pytest.mark.parametrize("name", NANS)
def test_nan_is_where_pytorch_has_it(name: str) -> None:
    x = torch.tensor([[1, torch.nan, -1, torch.nan], [torch.inf, 0, -torch.inf, -0.0]])
    model = Call(NANS[name], torch.topk).eval()
    found, wanted = compile_sparse(model, (x,))(x), model(x)
    for actual, expected in zip(found, wanted, strict=True):
        torch.testing.assert_close(actual, expected, equal_nan=True, rtol=0, atol=0)


def test_values_alone_of_a_greatest_are_a_reduction() -> None:
    x = torch.randn(3, 4)
    compiled = compile_sparse(Call(lambda x, _: x.max(1).values, None).eval(), (x,))
    same(compiled(x), x.max(1).values)
    assert "sam.sort" not in compiled.stage("sam")


def test_the_first_of_a_sort_are_all_that_is_held() -> None:
    """Half a scratchpad holds so many values and coordinates; what is kept is held, no more."""
    x = torch.randn(2, 40_000, generator=torch.Generator().manual_seed(1))
    kept = Call(lambda x, topk: topk(x, 3)[0], torch.topk)
    compiled = compile_sparse(kept, (x,), machine="capstan")
    same(compiled(x), stable(x, 3)[0])
    units = [unit for section in compiled.artifact.program.sections for unit in section.units]
    (memory,) = (m for unit in units for m in unit.memories if m.name.endswith("entries"))
    assert (memory.words, memory.buffers) == (6, 2)
    with pytest.raises(RduError, match="what 'sort' sorts at a time does not fit") as refusal:
        compile_sparse(Call(lambda x, _: x.sort()[0], None), (x,), machine="capstan")(x)
    assert refusal.value.exit_code is ExitCode.DOES_NOT_FIT
    assert "got 320000" in str(refusal.value)


def test_a_dimension_that_a_reshape_divides_is_not_sorted() -> None:
    model = Call(lambda x, topk: topk(x.reshape(24), 5)[0], torch.topk)
    with pytest.raises(RduError, match=r"'tm_tensor\.sort' divides 24 at the strides 6"):
        compile_sparse(model, (torch.randn(4, 6),))


def test_integers_beyond_32_bits_are_refused() -> None:
    def function(x, topk):
        return (topk(x, 2)[1] * 2_000_000_000).int()

    with pytest.raises(RduError, match="expected elements of bf16, f32, i1, i32"):
        compile_sparse(Call(function, torch.topk), (torch.randn(3, 4),))
