"""Made-up levels of sparse tensors can be walked, whatever a program does with them."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from rdu.configuration import parse
from rdu.runtime.levels_read import levels_of
from rdu.runtime.random_inputs import random_inputs
from rdu.simulator import simulate
from rdu.sparse import compile_expression
from rdu.targets import load_machine

EXAMPLES = Path(__file__).parents[3] / "examples" / "configurations"
KERNELS = [
    ("x(i) = B(i,j) * c(j)", {"B": "ss", "c": "s"}),
    ("x(i) = B(i,j) * c(j)", {"B": "csr"}),
    ("X(i,j) = B(i,k) * C(k,j)", {"B": "ss", "C": "ss"}),
    ("X(i,j) = B(i,j) + C(i,j)", {"B": "ss", "C": "csr", "X": "ss"}),
    ("X(i,j) = B(i,j) + C(j,i)", {"B": "ss", "C": "ss"}),
    ("X(i,j) = 2 * B(i,j)", {"B": "coo"}),
    ("X(i,j) = B(i,j) * C(i,k) * D(k,j)", {"B": "ss"}),
]


def operands(text, formats, density=0.4):
    """Return arrays of 6 along i, 5 along j and 4 along k, sparse where there is a format."""
    extents, rng = {"i": 6, "j": 5, "k": 4}, np.random.default_rng(3)
    made = {}
    for name, variables in (("B", "ij"), ("C", "ij"), ("D", "kj"), ("c", "j")):
        if f"{name}(" not in text:
            continue
        inside = text.split(f"{name}(")[1].split(")")[0].replace(",", "")
        shape = [extents[v] for v in inside or variables]
        kept = rng.random(shape) < (density if name in formats else 1)
        made[name] = np.where(kept, 1, 0).astype(np.float32)
    return made


@pytest.mark.parametrize(
    ("machine", "residency"),
    [("sam-ideal", "auto"), ("capstan", "scratchpad"), ("capstan", "dram")],
)
@pytest.mark.parametrize(("text", "formats"), KERNELS)
def test_kernels_run_on_what_is_made_up(text, formats, machine, residency):
    artifact = compile_expression(
        text,
        operands(text, formats),
        formats=formats,
        machine=machine,
        fifo_depth="inf",
        residency=residency,
    )
    for seed in (0, 1):
        made = random_inputs(artifact.program, seed)
        check_levels(artifact.program, made)
        runs = [
            simulate(artifact.program, artifact.machine, made, engine)
            for engine in ("native", "python")
        ]
        assert runs[0].cycles == runs[1].cycles
        for name, array in runs[0].outputs.items():
            np.testing.assert_array_equal(array, runs[1].outputs[name])


def check_levels(program, made):
    levels = [each for each in levels_of(program) if {*each} - {None} <= made.keys()]
    assert levels
    for segments, coordinates in levels:
        if segments is None:
            continue
        ends = made[segments]
        assert ends[0] == 0
        assert np.all(np.diff(ends) >= 0)
        if coordinates is None:
            continue
        assert ends[-1] <= made[coordinates].size
        for start, end in itertools.pairwise(ends):
            steps = np.diff(made[coordinates][start:end])
            assert np.all(steps > 0) or not made[coordinates].any()  # points are all the first


def test_fibers_whose_coordinates_nobody_wants():
    matrix = (np.random.default_rng(0).random((6, 40)) < 0.2).astype(np.float32)
    options = {"machine": "capstan", "residency": "dram", "fifo_depth": 16}
    artifact = compile_expression(
        "x(i) = sum[j](B(i,j))", {"B": matrix}, formats={"B": "csr"}, **options
    )
    made = random_inputs(artifact.program, 0)
    assert made["B.segments1"][-1] == made["B.values"].size == matrix.sum()
    x, _ = artifact.run()
    assert x.stored == 6
    simulate(artifact.program, artifact.machine, made, "native")


def test_a_configuration_by_hand():
    program = parse((EXAMPLES / "spmv-sam.rdu").read_text(), "spmv-sam.rdu")
    made = random_inputs(program, 5)
    check_levels(program, made)
    assert made["B.columns.segments"][-1] == made["B.columns.coordinates"].size
    np.testing.assert_array_equal(made["x.segments"], [0, 4])
    for engine in ("native", "python"):
        simulate(program, load_machine("sam-ideal"), made, engine)


def test_the_seed_decides():
    matrix = (np.random.default_rng(0).random((30, 40)) < 0.2).astype(np.float32)
    program = compile_expression("x(i) = B(i,j)", {"B": matrix}, formats={"B": "csr"}).program
    first, again, other = (random_inputs(program, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    for name in ("B.segments1", "B.coordinates1"):
        assert not np.array_equal(first[name], other[name])


def test_tensors_without_anything_stored():
    nothing = {"B": np.zeros((3, 4), np.float32), "c": np.zeros(4, np.float32)}
    text, formats = KERNELS[0]
    artifact = compile_expression(text, nothing, formats=formats)
    simulate(artifact.program, artifact.machine, random_inputs(artifact.program, 0), "python")
