"""Every pass on the rdu level leaves a program that computes the same, to the bit."""

from pathlib import Path

import numpy as np
import pytest
from random_contexts import random_program

from rdu.codegen import check_module, module_of, program_of
from rdu.configuration import parse, print_program
from rdu.mlir_ext.context import make_context
from rdu.mlir_ext.driver import run_pass
from rdu.simulator.simulate import simulate
from rdu.support.diagnostics import ExitCode, RduError
from rdu.targets import load_machine
from rdu.transforms.rdu.partition import Partition
from rdu.transforms.rdu.place import Place
from rdu.transforms.rdu.route import Route

GEMM = Path(__file__).parents[4] / "examples/configurations/gemm.rdu"
MACHINE = load_machine("plasticine")
LIMITS = ("stages", "registers", "vector_in", "vector_out", "scalar_in", "scalar_out")
LARGE = load_machine("plasticine", {f"pcu.{limit}": 100 for limit in LIMITS})


def run(program, machine):
    rng = np.random.default_rng(0)
    tensors = {
        tensor.name: rng.standard_normal(tensor.shape).astype(np.float32)
        for tensor in program.tensors
        if tensor.role in ("input", "weight")
    }
    return simulate(program, machine, tensors, "python").outputs


def assert_same(left, right):
    assert left.keys() == right.keys()
    for name, array in left.items():
        np.testing.assert_array_equal(array.view(np.int32), right[name].view(np.int32), name)


@pytest.mark.parametrize("seed", range(30))
def test_a_partitioned_context_computes_the_same(seed):
    program = parse(random_program(seed), f"seed {seed}")
    module = module_of(program, make_context())
    statistics = run_pass(module, Partition)
    assert statistics["parts"] >= 2 * statistics["split"] > 0
    assert_same(run(program, LARGE), run(program_of(module, MACHINE.name), MACHINE))


@pytest.mark.parametrize("machine", ["plasticine", "pir"])
def test_a_placed_and_routed_section_computes_the_same(machine):
    program = parse(GEMM.read_text(), str(GEMM))
    module = module_of(program, make_context())
    run_pass(module, Partition, machine=machine)
    run_pass(module, Place, machine=machine, seed=3)
    target = load_machine(machine)
    check_module(module, target)
    placed = program_of(module, machine)
    run_pass(module, Route, machine=machine)
    routed = program_of(module, machine)
    assert_same(run(program, MACHINE), run(placed, target))
    assert_same(run(program, MACHINE), run(routed, target))


def test_the_same_input_and_seed_give_the_same_configuration():
    texts = []
    for _ in range(2):
        module = module_of(parse(random_program(7)), make_context())
        run_pass(module, Partition)
        run_pass(module, Place, seed=5)
        run_pass(module, Route)
        texts.append(print_program(program_of(module, "plasticine")))
    assert texts[0] == texts[1]


def test_what_does_not_fit_keeps_its_exit_code():
    text = (
        GEMM.read_text()
        .replace("buffers 3", "buffers 30000")
        .replace("capacity 3", "capacity 30000")
    )
    module = module_of(parse(text.replace("init 3", "init 30000")), make_context())
    with pytest.raises(RduError, match="too many bytes") as failure:
        run_pass(module, Partition)
    assert failure.value.exit_code == ExitCode.DOES_NOT_FIT
