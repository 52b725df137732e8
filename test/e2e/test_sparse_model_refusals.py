"""PyTorch models that cannot be, or that are not what they should be: all is said, at its line."""

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch_functions import Call  # noqa: E402

from rdu.sparse_model import compile_sparse  # noqa: E402
from rdu.support.diagnostics import ExitCode, RduError, UsageError  # noqa: E402


def test_a_wrong_result_is_told():
    torch.manual_seed(9)
    model, x = nn.Linear(4, 4).eval(), torch.randn(3, 4)
    compiled = compile_sparse(model, (x,), formats={"weight": "csr"})
    compiled.check(x)
    with torch.no_grad():
        model.bias[0] += 1.0
    with pytest.raises(RduError) as failure:
        compiled.check(x)
    assert failure.value.exit_code == ExitCode.NUMERIC_MISMATCH


class Several(nn.Module):
    def forward(self, a, x):
        x = torch.sin(x)
        x = torch.cat((x, x))
        x = torch.atan(x)
        return torch.sparse.mm(a, torch.cos(x))


def test_all_that_cannot_be_lowered_is_said_at_its_line():
    arguments = (torch.eye(8).to_sparse_csr(), torch.randn(4, 8))
    with pytest.raises(RduError) as refusal:
        compile_sparse(Several().eval(), arguments)
    text = str(refusal.value)
    found = [each.location.line for each in refusal.value.diagnostics]
    assert found == sorted(found)
    for word in ("math.sin", "math.atan", "math.cos"):
        assert f"'{word}'" in text
    for operator in ("sin", "atan"):
        assert f"PyTorch operators on this line: '{operator}'" in text
    assert text.count("test_sparse_model_refusals.py:") >= 3


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (torch.sin, "'math.sin'"),
        (lambda x: torch.zeros(3, 3), "what no op computes"),
    ],
)
def test_a_model_that_nothing_converts_is_refused(function, said):
    with pytest.raises(RduError) as refusal:
        compile_sparse(Call(function).eval(), (torch.randn(3, 3),))
    assert said in str(refusal.value)


def test_a_result_that_no_op_computes_is_refused():
    with pytest.raises(RduError, match="what no op computes"):
        compile_sparse(Call(lambda x: (x * 2, torch.ones(2))).eval(), (torch.randn(3),))


def test_all_that_is_not_supported_is_said_beside_what_has_no_linalg():
    def function(a, x):
        return torch.sin(torch.cos(a @ x)).cumprod(0)

    with pytest.raises(RduError) as refusal:
        compile_sparse(Call(function), (torch.eye(4).to_sparse_csr(), torch.randn(4, 4)))
    said = str(refusal.value)
    for name in ("tm_tensor.scan", "math.cos", "math.sin"):
        assert f"'{name}'" in said


def test_a_convolution_is_refused_by_its_map():
    model = nn.Conv2d(1, 2, 3).eval()
    with pytest.raises(RduError, match=r"operand 0, 'input', by \(d0, d1") as refusal:
        compile_sparse(model, (torch.randn(1, 1, 5, 5),), formats={"weight": "ssss"})
    assert "Linear(" not in str(refusal.value)


def test_an_argument_keeps_to_its_groups():
    few, full = torch.tensor([[1.0, 0, 2, 0], [0, 0, 0, 3]]), torch.ones(2, 4)
    x = torch.randn(4, 2)
    compiled = compile_sparse(Call(torch.matmul), (few, x), formats={"arguments_0": "2:4"})
    compiled.check(few.flip(1), x)
    with pytest.raises(RduError, match="has a group of 4 with 4 values: expected at most 2"):
        compiled(full, x)


@pytest.mark.parametrize(
    ("tensor", "said"),
    [
        (lambda: torch.ones(2, 2, device="meta"), "meta device"),
        (lambda: torch.quantize_per_tensor(torch.ones(2, 2), 1.0, 0, torch.qint8), "got qint8"),
        (lambda: torch.ones(2, 2).to(torch.float8_e4m3fn), "got float8_e4m3fn"),
        (lambda: torch.nested.nested_tensor([torch.ones(2)]), "got a nested one"),
    ],
)
def test_tensors_without_values_of_the_fabric_are_refused(tensor, said):
    with pytest.raises(RduError, match=f"input 0: .*{said}"):
        compile_sparse(Call(torch.relu), (tensor(),))


@pytest.mark.parametrize("layout", ["dense", "csr"])
def test_arguments_of_other_dtypes_and_shapes_are_refused(layout):
    compiled = compile_sparse(nn.ReLU(), (torch.ones(2, 3),), formats={"input": "csr"})
    for dtype in (torch.float64, torch.float16, torch.int64, torch.bool, torch.complex64):
        given = torch.ones(3, 2).to(dtype)
        name = str(dtype).removeprefix("torch.")
        with pytest.raises(RduError) as refusal:
            compiled(given if layout == "dense" else given.to_sparse_csr())
        assert f"input 'input': expected float32, got {name}" in str(refusal.value)
        assert "input 'input': expected shape [2, 3], got [3, 2]" in str(refusal.value)


def test_options_that_are_none_are_refused():
    model, x = Call(torch.relu), torch.ones(2, 3)
    for options, said in (
        ({"formats": "csr"}, "'formats' is 'csr': expected formats by name"),
        ({"fusion": "most"}, "'fusion' is 'most': expected 'none' or 'auto' or 'full'"),
    ):
        with pytest.raises(UsageError, match=said):
            compile_sparse(model, (x,), **options)


class Unsupported(nn.Module):
    def forward(self, x):
        unknown = torch.dist(x, x)
        scanned = x.cumprod(0)
        hypotenuse = torch.hypot(x, x)
        return unknown + scanned + hypotenuse + torch.sin(x)


def test_all_operators_that_do_not_run_are_said_at_once():
    """Those that torch-mlir does not know, that have no form in linalg, and no graph."""

    with pytest.raises(RduError) as refusal:
        compile_sparse(Unsupported(), (torch.ones(2, 3),))
    found = [(each.message, each.location.line) for each in refusal.value.diagnostics]
    start = Unsupported.forward.__code__.co_firstlineno
    expected = ("'torch.aten.dist'", "'tm_tensor.scan'", "'torch.aten.hypot'", "'math.sin'")
    for number, name in enumerate(expected, 1):
        assert any(name in message and line == start + number for message, line in found), found
