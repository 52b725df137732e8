"""What the PyTorch frontend refuses, and that it says everything at the user's lines."""

import inspect
from pathlib import Path

import pytest

from rdu.mlir_ext.context import make_context
from rdu.support.diagnostics import RduError

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from rdu.frontends.torch import import_module  # noqa: E402

HERE = Path(__file__)


def refusal(model: object, *arguments: object) -> list[str]:
    """Import a model that must be refused; return its diagnostics as text."""
    with pytest.raises(RduError) as caught:
        import_module(model, arguments, make_context(project=False))
    return [diagnostic.render() for diagnostic in caught.value.diagnostics]


def line_of(function: object, text: str) -> str:
    """Return `file:line` of the line of a function that contains `text`, as messages show it."""
    lines, start = inspect.getsourcelines(function)
    number = start + next(i for i, line in enumerate(lines) if text in line)
    path = HERE.relative_to(Path.cwd()) if HERE.is_relative_to(Path.cwd()) else HERE
    return f"{path}:{number}"


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float64"])
def test_other_float_types_name_every_tensor(dtype: str) -> None:
    model = nn.Linear(4, 3).to(getattr(torch, dtype)).eval()
    found = refusal(model, torch.zeros(2, 4, dtype=getattr(torch, dtype)))
    expected = f"expected float32 or int32, got {dtype}"
    assert found[:3] == [
        f"error: input 0: {expected}",
        f"error: parameter 'weight': {expected}",
        f"error: parameter 'bias': {expected}",
    ]


def test_int64_inputs() -> None:
    found = refusal(nn.Embedding(10, 4).eval(), torch.zeros(3, dtype=torch.int64))
    assert found == ["error: input 0: expected float32 or int32, got int64"]


def test_empty_inputs() -> None:
    found = refusal(nn.Linear(4, 3).eval(), torch.zeros(0, 4))
    assert found[0] == "error: input 0: expected elements, got an empty tensor [0, 4]"


class Counting(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("count", torch.zeros(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.count[1:] += 1
        return x + self.count


def test_mutated_buffers() -> None:
    (found,) = refusal(Counting().eval(), torch.zeros(3))
    assert found.splitlines()[0] == (
        f"{line_of(Counting, '+= 1')}: error: buffer 'count' is changed in place: "
        "expected a model that leaves it as it is"
    )


class InPlace(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x.mul_(2)
        return x


def test_mutated_inputs() -> None:
    (found,) = refusal(InPlace().eval(), torch.zeros(3))
    assert found.startswith(f"{line_of(InPlace, 'mul_')}: error: input 'x' is changed in place")


class Regular(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(4)
        self.drop = nn.Dropout(0.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(x)
        return self.drop(x)


def test_training_behaviour() -> None:
    found = refusal(Regular(), torch.zeros(2, 4))
    assert [text.splitlines()[0] for text in found] == [
        f"{line_of(Regular, text)}: error: '{operator}' runs in training mode: "
        "expected evaluation mode"
        for text, operator in [("self.norm(x)", "batch_norm"), ("self.drop(x)", "dropout")]
    ]
    assert all("hint: call model.eval() first" in text for text in found)


class Branching(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.sum() > 0:
            return x
        return -x


def test_branches_on_values() -> None:
    (found,) = refusal(Branching().eval(), torch.zeros(3))
    place = line_of(Branching, "x.sum()")
    assert found.startswith(f"{place}: error: 'Branching' cannot be exported: ")
    assert found.endswith("hint: shapes and branches may not depend on the values of tensors")


class Selecting(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[x > 0] * 2.0


def test_dynamic_shapes() -> None:
    found = refusal(Selecting().eval(), torch.zeros(3))
    assert found[0].startswith(f"{line_of(Selecting, 'x > 0')}: error: ")
    assert "a dynamic shape [u0]: expected a static one" in found[0]


class Wrong(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ x


def test_errors_of_the_model_itself() -> None:
    (found,) = refusal(Wrong().eval(), torch.zeros(3, 4))
    assert found.startswith(f"{line_of(Wrong, 'x @ x')}: error: 'Wrong' cannot be exported: ")


class Mixed(nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, int, torch.Tensor]:
        return x, 3, x > 0


def test_results_that_are_no_tensors_of_ours() -> None:
    found = refusal(Mixed().eval(), torch.zeros(3))
    assert found == [
        "error: output 1: expected a tensor, got int",
        f"{line_of(Mixed, 'x > 0')}: error: output 2: expected float32 or int32, got bool",
    ]


class Sorting(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.sort().values


def test_operators_without_linalg() -> None:
    (found,) = refusal(Sorting().eval(), torch.zeros(3))
    assert found == (
        f"{line_of(Sorting, 'sort()')}: error: 'tm_tensor.sort' is not supported: "
        "expected ops that lower to linalg\n"
        "note: PyTorch operators on this line: 'sort'"
    )


class Choosing(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.cond(x.sum() > 0, torch.neg, torch.abs, (x,))
        return y + torch.rand_like(y)


def test_control_flow_and_random_numbers() -> None:
    assert refusal(Choosing().eval(), torch.zeros(3)) == [
        f"{line_of(Choosing, 'cond')}: error: 'cond' is not supported: "
        "expected a model whose control flow does not depend on tensors",
        f"{line_of(Choosing, 'rand')}: error: 'rand_like' is not supported: "
        "expected a model without random numbers",
    ]


def test_calls_that_make_no_sense() -> None:
    assert refusal(abs, 3) == [
        "error: model: expected a torch.nn.Module, got builtin_function_or_method",
        "error: example argument 0: expected a tensor, got int",
    ]
    with pytest.raises(RduError, match=r"expected a tuple of tensors, got Tensor"):
        import_module(nn.Linear(2, 2), torch.zeros(2, 2))
    assert refusal(nn.Linear(2, 2).eval(), torch.zeros(2, 2), torch.zeros(2, 2)) == [
        "error: 'Linear' cannot be exported: too many positional arguments"
    ]
