"""Variations of the perceptron: each is right to 1e-5, or refused at the user's line."""

import json
from collections.abc import Callable

import pytest
import torch
from networks import (
    ACTIVATIONS,
    Function,
    Perceptron,
    Residual,
    Shared,
    TwoHeads,
    inputs,
    seeded,
)
from torch import nn

import rdu
from rdu.support.diagnostics import ExitCode, RduError

MAIN = (784, 512, 256, 10)

RIGHT: dict[str, tuple[Callable[[], nn.Module], tuple[torch.Tensor, ...]]] = {
    "lanes-do-not-divide-4-layers": (lambda: Perceptron((100, 50, 30, 7)), inputs(64, 100)),
    "lanes-do-not-divide-odd": (lambda: Perceptron((17, 33, 5)), inputs(5, 17)),
    "lanes-do-not-divide-below-16": (lambda: Perceptron((3, 2)), inputs(2, 3)),
    "batch-1": (lambda: Perceptron(MAIN), inputs(1, 784)),
    "batch-3": (lambda: Perceptron((64, 48, 10)), inputs(3, 64)),
    "batch-7": (lambda: Perceptron(MAIN), inputs(7, 784)),
    "batch-128": (lambda: Perceptron((64, 48, 10)), inputs(128, 64)),
    "no-batch": (lambda: Perceptron((64, 48, 10)), inputs(64)),
    "one-layer": (lambda: Perceptron((64, 10)), inputs(16, 64)),
    "one-output": (lambda: Perceptron((64, 1)), inputs(16, 64)),
    "one-input": (lambda: Perceptron((1, 8)), inputs(4, 1)),
    "one-number": (lambda: Perceptron((1, 1)), inputs(1, 1)),
    "eight-layers": (lambda: Perceptron((32,) * 9), inputs(8, 32)),
    "no-bias": (lambda: Perceptron(MAIN, bias=False), inputs(16, 784)),
    "layer-used-twice": (lambda: Shared(32), inputs(16, 32)),
    "residual": (lambda: Residual(40), inputs(16, 40)),
    "two-outputs": (TwoHeads, inputs(16, 48)),
    "same-output-twice": (lambda: Function(lambda x: (x * 2,) * 2), inputs(8, 16)),
    "input-returned": (lambda: Function(lambda x: (x, x + 1)), inputs(8, 16)),
    "two-inputs": (lambda: Function(lambda x, y: x @ y), (*inputs(20, 30), *inputs(30, 40))),
    "batched-product": (
        lambda: Function(lambda x, y: x @ y),
        (*inputs(3, 20, 30), *inputs(3, 30, 40)),
    ),
    "diagonal": (lambda: Function(lambda x: torch.diagonal(x) * 2), inputs(20, 20)),
    "trace": (lambda: Function(lambda x: torch.trace(x @ x.T)), inputs(20, 30)),
    "rank-0-result": (lambda: Function(lambda x: (x * x).sum()), inputs(8, 33)),
    "rank-0-input": (lambda: Function(lambda x: x * 2 + 1), inputs()),
    "integers": (
        lambda: Function(lambda x, y: x * y - 3),
        (torch.arange(-20, 20, dtype=torch.int32).reshape(5, 8), torch.full((8,), -7).int()),
    ),
    **{
        f"activation-{name}": (
            lambda activation=activation: Perceptron((64, 48, 10), activation),
            inputs(16, 64),
        )
        for name, activation in ACTIVATIONS.items()
    },
}


@pytest.mark.parametrize("name", RIGHT)
def test_network_is_right(name: str):
    make, arguments = RIGHT[name]
    artifact = rdu.compile(seeded(make), arguments)
    assert artifact.check(*arguments) <= 1e-5


@pytest.mark.parametrize(
    "name", ["lanes-do-not-divide-odd", "batch-3", "one-output", "residual", "two-outputs"]
)
def test_network_is_right_on_the_larger_grid(name: str):
    make, arguments = RIGHT[name]
    artifact = rdu.compile(seeded(make), arguments, target="pir")
    assert artifact.check(*arguments) <= 1e-5


@pytest.mark.parametrize(
    ("machine", "activation"), [("plasticine", "gelu"), ("plasticine", "sigmoid"), ("pir", "gelu")]
)
def test_main_model_with_another_activation(machine: str, activation: str):
    arguments = inputs(64, 784)
    model = seeded(lambda: Perceptron(MAIN, ACTIVATIONS[activation]))
    assert rdu.compile(model, arguments, target=machine).check(*arguments) <= 1e-5


def test_result_has_the_module_s_structure():
    make, arguments = RIGHT["two-outputs"]
    result = rdu.compile(seeded(make), arguments)(*arguments)
    assert {name: tuple(t.shape) for name, t in result.items()} == {
        "hidden": (16, 32),
        "scores": (16, 5),
    }


def test_shared_weights_are_one_tensor():
    make, arguments = RIGHT["layer-used-twice"]
    artifact = rdu.compile(seeded(make), arguments)
    weights = [t.name for t in artifact.program.tensors if t.role == "weight"]
    assert weights == ["layer.weight", "layer.bias"]


REFUSED: dict[str, tuple[Callable[[], nn.Module], tuple[torch.Tensor, ...], ExitCode, str]] = {
    "bf16": (
        lambda: Perceptron((64, 48, 10)).bfloat16(),
        (inputs(16, 64)[0].bfloat16(),),
        ExitCode.ERROR,
        "expected float32 or int32, got bfloat16",
    ),
    "weights-too-large": (
        lambda: Perceptron((8192, 8192)),
        inputs(4, 8192),
        ExitCode.DOES_NOT_FIT,
        "has too many bytes: expected at most 262144",
    ),
    "too-many-layers": (
        lambda: Perceptron((32,) * 31),
        inputs(16, 32),
        ExitCode.DOES_NOT_FIT,
        "does not fit",
    ),
    "unsupported-op": (
        lambda: Function(lambda x: torch.cat((x, x))),
        inputs(8, 32),
        ExitCode.ERROR,
        "is not supported",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_says_what_and_where(name: str):
    make, arguments, code, text = REFUSED[name]
    with pytest.raises(RduError) as failure:
        rdu.compile(seeded(make), arguments)
    assert failure.value.exit_code == code
    assert text in str(failure.value)
    if name != "bf16":  # the inputs themselves are wrong: they have no line
        assert "networks.py:" in str(failure.value) or "test_networks.py:" in str(failure.value)


def test_report_is_json_of_the_run():
    make, arguments = RIGHT["one-layer"]
    artifact = rdu.compile(seeded(make), arguments)
    artifact.check(*arguments)
    assert artifact.last is not None
    data = json.loads(artifact.report().to_json())
    assert data["overall"][0]["cycles"] == artifact.last.cycles
