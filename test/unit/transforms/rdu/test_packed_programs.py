"""`rdu-pack` on whole programs: fewer units, each within the machine, and the same results."""

import numpy as np
import pytest

from rdu.codegen import program_of
from rdu.configuration import verify
from rdu.frontends.sparse.kernels import KERNELS
from rdu.mlir_ext.driver import run_pass
from rdu.mlir_ext.functions import defined_functions
from rdu.simulator import simulate
from rdu.targets import load_machine
from rdu.transforms.conversion.circuits.operands import bind
from rdu.transforms.conversion.sam_to_rdu import SamToRdu
from rdu.transforms.rdu.pack import Pack

CAPSTAN = load_machine("capstan")
EXTENT = 7


def lowered(name):
    """Return a kernel's module of virtual sections and the arrays of its operands."""
    kernel = KERNELS[name]
    letters = set("".join(kernel.operands.values()))
    rng = np.random.default_rng(5)
    operands = {
        operand: (rng.random([EXTENT] * len(variables)) < 0.4).astype(np.float32)
        for operand, variables in kernel.operands.items()
    }
    module = kernel.build(*[EXTENT] * len(letters)).operation.clone().opview
    with module.context, module.operation.location:
        (function,) = defined_functions(module)
        arrays = bind(function, operands, ())
        run_pass(module, SamToRdu, machine="capstan")
    return module, arrays


def program(module):
    with module.context, module.operation.location:
        return program_of(module, CAPSTAN.name, CAPSTAN.hash)


def outputs(made, arrays):
    read = {t.name: arrays[t.name] for t in made.tensors if t.name in arrays}
    return simulate(made, CAPSTAN, read, "python", warn=lambda _: None).outputs


@pytest.mark.parametrize("name", KERNELS)
def test_packed_units_fit_and_compute_the_same(name):
    module, arrays = lowered(name)
    before = program(module)
    counts = run_pass(module, Pack, machine="capstan")
    after = program(module)
    assert verify(after, CAPSTAN) == []
    units = [section.units for section in (before.sections[0], after.sections[0])]
    assert len(units[0]) - len(units[1]) == counts["merged"] > 0
    kinds = [sum(u.kind == kind for u in units[1]) for kind in ("pcu", "pmu", "ag")]
    assert kinds == [counts["pcus"], counts["pmus"], counts["ags"]]
    contexts = [sum(len(unit.contexts) for unit in each) for each in units]
    assert contexts == [counts["contexts"]] * 2
    expected, got = outputs(before, arrays), outputs(after, arrays)
    assert expected.keys() == got.keys()
    for key, array in expected.items():
        np.testing.assert_array_equal(got[key], array)


def test_a_second_time_there_is_nothing_to_do():
    module, _ = lowered("mttkrp")
    run_pass(module, Pack, machine="capstan")
    once = program(module)
    assert run_pass(module, Pack, machine="capstan")["merged"] == 0
    assert program(module) == once
