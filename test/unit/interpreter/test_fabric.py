"""The `rdu` level runs through code generation and the simulator."""

from pathlib import Path

import numpy as np
import pytest

from rdu.codegen import module_of
from rdu.configuration import parse
from rdu.interpreter import run
from rdu.mlir_ext.context import make_context
from rdu.support.diagnostics import RduError

GEMM = Path(__file__).parents[3] / "examples/configurations/gemm.rdu"


@pytest.fixture(scope="module")
def module():
    return module_of(parse(GEMM.read_text(), str(GEMM)), make_context())


def test_a_configuration_as_ir(module):
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(shape).astype(np.float32) for shape in [(4, 32), (20, 32)])
    outputs = run(module, {"a": a, "b": b})
    np.testing.assert_allclose(outputs["c"], a @ b.T, rtol=1e-5, atol=1e-5)
    assert np.array_equal(run(module, [a, b])["c"], outputs["c"])


def test_the_number_of_inputs_is_checked(module):
    with pytest.raises(RduError, match=r"1 inputs are given: expected 2 \('a', 'b'\)"):
        run(module, [np.zeros((4, 32), np.float32)])


def test_the_machine_is_named(module):
    with pytest.raises(RduError, match="unknown machine 'none'"):
        run(module, [np.zeros((4, 32), np.float32), np.zeros((20, 32), np.float32)], machine="none")
