"""The main job: the 784-512-256-10 perceptron, from PyTorch to cycles."""

import math

import numpy as np
import pytest
import torch
from networks import Perceptron, inputs, seeded

import rdu
from rdu.compiler import LEVELS, Artifact
from rdu.simulator import simulate

WIDTHS, BATCH = (784, 512, 256, 10), 64
SMALL, SMALL_BATCH = (64, 48, 10), 64
MACHINES = ("plasticine", "pir")
TOLERANCE = 1e-5


def compile_mlp(
    machine: str, widths: tuple[int, ...], batch: int, *, virtual: bool = False
) -> Artifact:
    model = seeded(lambda: Perceptron(widths))
    return rdu.compile(model, inputs(batch, widths[0]), target=machine, virtual=virtual)


@pytest.fixture(scope="module", params=MACHINES)
def mlp(request: pytest.FixtureRequest) -> Artifact:
    artifact = compile_mlp(request.param, WIDTHS, BATCH)
    artifact.check(*inputs(BATCH, WIDTHS[0]))
    return artifact


def test_result_is_that_of_pytorch(mlp: Artifact):
    assert mlp.last_error is not None
    assert mlp.last_error <= TOLERANCE


def test_takes_at_most_four_times_the_machine_limit(mlp: Artifact):
    assert mlp.last is not None
    size = 4 * sum(math.prod(tensor.shape) for tensor in mlp.program.tensors)
    assert size == 2_346_536
    assert mlp.last.cycles <= 4 * size / mlp.machine.peak_bytes_per_cycle("dram")


def test_every_cycle_is_accounted_for(mlp: Artifact):
    assert mlp.last is not None
    for section in mlp.last.sections:
        assert all(context.accounted == context.lifetime for context in section.contexts)


def test_every_level_is_there(mlp: Artifact):
    for level in LEVELS:
        assert mlp.stage(level).strip()


def test_same_input_gives_the_same_bytes(mlp: Artifact):
    again = compile_mlp(mlp.machine.name, WIDTHS, BATCH)
    assert {k: again.stage(k) for k in LEVELS} == {k: mlp.stage(k) for k in LEVELS}


def test_source_lines_reach_the_configuration_and_the_report(mlp: Artifact):
    assert "networks.py" in mlp.stage("configuration")
    assert "networks.py" in str(mlp.report())


@pytest.mark.long
@pytest.mark.parametrize("machine", MACHINES)
def test_engines_agree_on_the_whole_model(machine: str):
    _agree(compile_mlp(machine, WIDTHS, BATCH), *inputs(BATCH, WIDTHS[0]))


@pytest.mark.parametrize(
    ("machine", "virtual"), [("plasticine", False), ("pir", False), ("plasticine", True)]
)
def test_engines_agree_on_a_small_model(machine: str, virtual: bool):
    artifact = compile_mlp(machine, SMALL, SMALL_BATCH, virtual=virtual)
    _agree(artifact, *inputs(SMALL_BATCH, SMALL[0]))


def _agree(artifact: Artifact, *arguments: torch.Tensor) -> None:
    """Run on both engines: results equal to the bit, every statistic to the cycle."""
    assert artifact.model is not None
    tensors = {**artifact.weights, **artifact.model.input_arrays(arguments)}
    native, python = (
        simulate(artifact.program, artifact.machine, tensors, engine)
        for engine in ("native", "python")
    )
    for name, expected in native.outputs.items():
        np.testing.assert_array_equal(python.outputs[name].view(np.int32), expected.view(np.int32))
    assert python.sections == native.sections
    assert artifact.check(*arguments) <= TOLERANCE
