"""The kernels of SAM's evaluation from graphs to cycles, on random data, against NumPy."""

import numpy as np
import pytest

from rdu.frontends.sparse.kernels import KERNELS
from rdu.sparse import compile_graph

DENSITIES = (0.0, 0.1, 0.3, 0.7, 1.0)


def operands_of(kernel, extents, density, rng):
    """Small whole numbers, as f32, so that sums are exact in every order."""
    made = {}
    for name, variables in kernel.operands.items():
        shape = [extents[variable] for variable in variables]
        kept = rng.random(shape) < (density if rng.random() < 0.8 else rng.random())
        made[name] = (kept * rng.integers(1, 6, shape)).astype(np.float32)
    return made


@pytest.mark.parametrize("density", DENSITIES)
@pytest.mark.parametrize("name", KERNELS)
def test_kernels_on_both_engines(name, density):
    kernel = KERNELS[name]
    letters = sorted(set("".join(kernel.operands.values())))
    for seed in range(3):
        rng = np.random.default_rng([seed, *name.encode(), int(10 * density)])
        extents = dict(zip(letters, rng.integers(1, 7, len(letters)).tolist(), strict=True))
        operands = operands_of(kernel, extents, density, rng)
        arrays = operands.values()
        expected = np.einsum(kernel.formula, *arrays) if kernel.formula else sum(arrays)
        module = kernel.build(*(extents[letter] for letter in letters))
        artifact = compile_graph(module, operands)
        runs = [artifact.run(engine) for engine in ("native", "python")]
        for tensor, _ in runs:
            np.testing.assert_array_equal(tensor.to_dense(), expected)
        assert runs[0].result.sections == runs[1].result.sections


@pytest.mark.parametrize("name", KERNELS)
def test_a_depth_of_eight_changes_no_result(name):
    kernel = KERNELS[name]
    letters = sorted(set("".join(kernel.operands.values())))
    extents = dict.fromkeys(letters, 8)
    operands = operands_of(kernel, extents, 0.3, np.random.default_rng(7))
    module = kernel.build(*extents.values())
    free, short = (compile_graph(module, operands, fifo_depth=depth).run() for depth in (None, 8))
    assert short.tensor.values.tobytes() == free.tensor.values.tobytes()
    assert short.result.cycles >= free.result.cycles
