"""SAM's kernels and expressions on a grid: packed, placed, routed, through scratchpads."""

from collections import Counter

import numpy as np
import pytest
from notation_references import REFERENCES
from test_sparse_expressions import operands as adversarial

from rdu.configuration import verify
from rdu.configuration.model import Sparse
from rdu.frontends.sparse import notation
from rdu.frontends.sparse.kernels import KERNELS
from rdu.sparse import compile_expression, compile_graph

SMALL, MIDDLE = (3, 4, 6, 5), 64


def compiled(name, extents, density, seed, **options):
    """Compile a kernel for whole numbers; return the artifact and what NumPy computes."""
    kernel = KERNELS[name]
    letters = sorted(set("".join(kernel.operands.values())))
    of = dict(zip(letters, extents, strict=False))
    rng = np.random.default_rng([seed, *name.encode()])
    operands = {}
    for operand, variables in kernel.operands.items():
        shape = [of[variable] for variable in variables]
        kept = rng.random(shape) < density
        operands[operand] = (kept * rng.integers(1, 6, shape)).astype(np.float32)
    arrays = operands.values()
    expected = np.einsum(kernel.formula, *arrays, optimize=True) if kernel.formula else sum(arrays)
    module = kernel.build(*(of[letter] for letter in letters))
    return compile_graph(module, operands, **options), expected


@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("name", KERNELS)
def test_kernels_on_both_engines(name, density):
    artifact, expected = compiled(name, SMALL, density, seed=1, machine="capstan")
    assert verify(artifact.program, artifact.machine) == []
    runs = [artifact.run(engine) for engine in ("native", "python")]
    for tensor, _ in runs:
        np.testing.assert_array_equal(tensor.to_dense(), expected)
    assert runs[0].result.sections == runs[1].result.sections


@pytest.mark.parametrize("name", KERNELS)
def test_larger_kernels_have_the_cycles_of_the_ideal_machine_and_a_start_and_an_end(name):
    """What is added is to load, to fill and to store: no more than half, and none is lost."""
    extents = [32 if name == "mttkrp" else MIDDLE] * 4
    artifact, expected = compiled(name, extents, 0.1, seed=2, machine="capstan")
    tensor, result = artifact.run()
    np.testing.assert_array_equal(tensor.to_dense(), expected)
    ideal, _ = compiled(name, extents, 0.1, seed=2)
    least = ideal.run().result.cycles
    assert least < result.cycles < least + 500 + least // 2


@pytest.mark.parametrize("name", KERNELS)
def test_no_primitive_is_there_twice(name):
    programs = [
        compiled(name, SMALL, 0.3, seed=1, machine=machine)[0].program
        for machine in ("capstan", "sam-ideal")
    ]
    words = [
        Counter(
            context.action.primitive
            for section in program.sections
            for _, context in section.contexts()
            if isinstance(context.action, Sparse)
        )
        for program in programs
    ]
    assert words[0] == words[1]


def test_the_same_input_gives_the_same_configuration():
    programs = [
        compiled("mm_ikj", SMALL, 0.5, seed=3, machine="capstan")[0].program for _ in range(2)
    ]
    assert programs[0] == programs[1]


@pytest.mark.parametrize("name", notation.KERNELS)
def test_an_expression_of_sams_compiler_runs(name):
    """On holes in full tensors, and on nothing at all."""
    kernel = notation.KERNELS[name]
    for seed in (1, 4):
        arrays = adversarial(kernel, seed)
        artifact = compile_expression(
            kernel.statement,
            arrays,
            formats=kernel.formats,
            order=kernel.order,
            machine="capstan",
        )
        np.testing.assert_array_equal(artifact.run().tensor.to_dense(), REFERENCES[name](arrays))
