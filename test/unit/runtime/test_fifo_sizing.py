"""FIFO depths: as shallow as costs nothing, within the machine, on a grid or without one."""

import numpy as np
import pytest
from sparse_graphs import shares

from rdu.frontends.sparse.builder import GraphBuilder, Operand
from rdu.frontends.sparse.kernels import KERNELS
from rdu.runtime.fifo_sizing import proven_depths, size_fifos, with_capacities
from rdu.simulator import simulate
from rdu.sparse import compile_graph
from rdu.support.diagnostics import ExitCode, RduError


def operands(name, extent, density=0.3):
    rng = np.random.default_rng(3)
    return {
        operand: (rng.random([extent] * len(variables)) < density).astype(np.float32)
        for operand, variables in KERNELS[name].operands.items()
    }


def compiled(name, extent, **options):
    letters = set("".join(KERNELS[name].operands.values()))
    module = KERNELS[name].build(*[extent] * len(letters))
    return compile_graph(module, operands(name, extent), **options)


def capacities(program, *kinds):
    return {
        str(sink.to): sink.capacity
        for section in program.sections
        for net in section.nets
        if net.kind in kinds
        for sink in net.sinks
    }


@pytest.mark.parametrize("machine", ["sam-ideal", "capstan"])
@pytest.mark.parametrize("name", ["spmv", "mm_ikj", "mttkrp", "plus2"])
def test_depths_cost_no_cycle(name, machine):
    artifact = compiled(name, 9, machine=machine, fifo_depth=16)
    sized = size_fifos(artifact.program, artifact.machine, artifact.arrays)
    run = simulate(sized.program, artifact.machine, artifact.arrays)
    assert run.cycles == sized.cycles == sized.ideal
    assert {d.channel: d.places for d in sized.depths} == capacities(sized.program, "scalar")
    assert {d.section for d in sized.depths} == {"main"}
    others = ("vector", "control")
    assert capacities(sized.program, *others) == capacities(artifact.program, *others)


def test_the_depth_is_the_least_power_of_two_that_does():
    artifact = compiled("mm_ikj", 9, machine="capstan", fifo_depth=16)
    sized = size_fifos(artifact.program, artifact.machine, artifact.arrays)
    deepest = max(d.places for d in sized.depths)
    half = 1 << (deepest - 1).bit_length() - 1
    shallow = with_capacities(sized.program, lambda _: max(1, half))
    run = simulate(shallow, artifact.machine, artifact.arrays, warn=lambda _: None)
    assert run.cycles > sized.cycles


def test_what_no_machine_slows_down_is_proven():
    """The writer of the outermost level takes a coordinate whenever one comes."""
    g = GraphBuilder((8,), {"B": Operand((8,), ["dense"])})
    crd, refs = g.lookup(g.tensor("B"), 0, g.root())
    module = g.finish([crd], g.unary("add", g.array(g.tensor("B"), refs), 1.0))
    values = {"B": np.arange(8, dtype=np.float32)}
    direct = compile_graph(module, values, fifo_depth="auto")
    basis = {depth.channel: depth.basis for depth in direct.fifo_depths}
    assert basis["write_fibers_X_0.main.crd"] == "proven"
    assert basis["array_B.main.ref"] == "observed"
    placed = compile_graph(module, values, machine="capstan")
    assert {depth.basis for depth in placed.fifo_depths} == {"observed"}, "they wait for memories"
    assert not list(proven_depths(placed.program, placed.machine))
    assert placed.run("python").tensor.to_dense().tolist() == list(range(1, 9))


def test_a_row_that_the_deepest_fifos_hold_passes():
    artifact = compile_graph(shares(4, 60), {"B": np.ones((4, 60), np.float32)}, machine="capstan")
    assert max(depth.places for depth in artifact.fifo_depths) == artifact.machine.fifo.scalar
    assert (artifact.run().tensor.to_dense() == np.float32(1 / 60)).all()


def test_a_row_that_is_longer_is_a_named_deadlock():
    with pytest.raises(RduError, match="deadlock") as caught:
        compile_graph(shares(4, 100), {"B": np.ones((4, 100), np.float32)}, machine="capstan")
    assert caught.value.exit_code is ExitCode.DEADLOCK
    assert "repeat" in caught.value.render()
