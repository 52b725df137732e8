"""Graphs compiled for a machine with a grid: what the options do, and what is refused."""

import numpy as np
import pytest
from small_machines import with_scratchpads

from rdu.frontends.sparse.kernels import KERNELS
from rdu.mlir_ext.driver import run_pass
from rdu.sparse import compile_expression, compile_graph, tokens
from rdu.support.diagnostics import ExitCode, RduError
from rdu.transforms.sam.parallelize import Parallelize

DENSE = np.array([[0, 2, 0, 1], [0, 0, 0, 0], [3, 0, 4, 0]], np.float32)
BOTH = {"B": DENSE, "C": DENSE}


def capacities(artifact, kind):
    nets = [net for section in artifact.program.sections for net in section.nets]
    return {sink.capacity for net in nets if net.kind == kind for sink in net.sinks}


def test_depths_are_found_unless_one_is_given():
    module = KERNELS["plus2"].build(3, 4)
    sized = compile_graph(module, BOTH, machine="capstan")
    assert {d.places for d in sized.fifo_depths} == capacities(sized, "scalar")
    given = compile_graph(module, BOTH, machine="capstan", fifo_depth=12)
    assert given.fifo_depths == ()
    assert capacities(given, "scalar") == {12}
    assert capacities(given, "vector") == capacities(sized, "vector") == {16}
    assert capacities(given, "control") == {1}
    assert given.run().result.cycles >= sized.run().result.cycles
    ideal = compile_graph(module, BOTH)
    assert ideal.fifo_depths == ()
    assert compile_graph(module, BOTH, fifo_depth="auto").fifo_depths


def test_a_depth_beyond_the_machines_does_not_fit():
    with pytest.raises(RduError, match="expected capacity 64 or less, got 65") as caught:
        compile_graph(KERNELS["plus2"].build(3, 4), BOTH, machine="capstan", fifo_depth=65)
    assert caught.value.exit_code is ExitCode.DOES_NOT_FIT


def test_room_for_a_result_is_what_may_come_what_is_said_or_what_comes():
    shapes = []
    for capacity in ((), (3, 9, 9), "observed"):
        artifact = compile_graph(
            KERNELS["plus2"].build(3, 4), BOTH, machine="capstan", capacity=capacity
        )
        declared = {tensor.name: tensor.shape for tensor in artifact.program.tensors}
        shapes.append((declared["X.coordinates0"], declared["X.values"]))
        np.testing.assert_array_equal(artifact.run("python").tensor.to_dense(), 2 * DENSE)
    assert shapes == [((3,), (8,)), ((3,), (9,)), ((2,), (4,))]


def large_parts(residency, **options):
    """Return what of a large outer product does not fit, and all that is said of it."""
    square = np.zeros((300, 300), np.float32)
    square[0] = square[:, 0] = 1
    module, operands = KERNELS["mm_kij"].build(300, 300, 300), {"B": square, "C": square}
    options |= {"machine": "capstan", "residency": residency, "totals": 1 + 300 + 90_000}
    with pytest.raises(RduError) as caught:
        compile_graph(module, operands, **options)
    assert caught.value.exit_code is ExitCode.DOES_NOT_FIT
    errors = [d.message for d in caught.value.diagnostics if d.severity == "error"]
    return [each.partition(" does not fit")[0] for each in errors], caught.value.render()


def test_what_is_larger_than_a_scratchpad_is_listed_and_does_not_fit():
    """A level and values may stay in their tier; what is merged has to be there."""
    merged = "what 'accumulate' merges at a time"
    listed, said = large_parts("scratchpad")
    assert listed == [merged, "level 1 of 'X'", "the value array of 'X'"]
    assert said.count("or residency 'auto', which leaves it in its tier") == 2
    for residency in ("auto", "dram"):
        listed, said = large_parts(residency)
        assert listed == [merged]
        assert "residency" not in said
        assert "got 361204" in said


def test_what_is_merged_fits_range_by_range(tmp_path):
    """A scratchpad holds two ranges of 27 rows of 75 columns."""
    square = np.zeros((75, 75), np.float32)
    square[0] = square[:, 0] = 1
    artifact = compile_graph(
        KERNELS["mm_kij"].build(75, 75, 75),
        {"B": square, "C": square},
        machine=with_scratchpads(tmp_path, 16_384),
    )
    units = [unit for section in artifact.program.sections for unit in section.units]
    (totals,) = (m for unit in units for m in unit.memories if m.name.endswith("totals"))
    assert (totals.words, totals.buffers) == (16_384 // 4 // 2 // 75 * 75, 2)
    runs = [artifact.run(engine) for engine in ("native", "python")]
    for tensor, _ in runs:
        np.testing.assert_array_equal(tensor.to_dense(), square @ square)
    assert runs[0].result.sections == runs[1].result.sections


def test_a_fork_of_more_than_a_unit_has_ports_for_does_not_fit():
    """Seven branches are no tree of units with four outputs."""
    module = KERNELS["spmv"].build(8, 4)
    run_pass(module, Parallelize, factor=7)
    operands = {"B": np.ones((8, 4), np.float32), "c": np.ones(4, np.float32)}
    with pytest.raises(RduError, match="too many scalar outputs: expected at most 4") as caught:
        compile_graph(module, operands, machine="capstan")
    assert caught.value.exit_code is ExitCode.DOES_NOT_FIT


def test_an_expression_is_compiled_for_a_grid():
    operands = {"A": DENSE, "x": np.arange(4, dtype=np.float32)}
    artifact = compile_expression(
        "y(i) = A(i,j) * x(j)", operands, formats={"A": "csr"}, machine="capstan"
    )
    np.testing.assert_array_equal(artifact.run("python").tensor.to_dense(), DENSE @ operands["x"])


def test_tokens_of_packed_units_are_told_by_context():
    """The same primitives send the same tokens on either machine."""
    module = KERNELS["mm_ikj"].build(3, 4, 4)
    operands = {"B": DENSE[:, :4], "C": np.eye(4, dtype=np.float32)}
    counts = []
    for machine in ("sam-ideal", "capstan"):
        artifact = compile_graph(module, operands, machine=machine)
        sent = tokens(artifact.program, artifact.run("python").result)
        counts.append(sorted(count for count in sent.values() if count))
    assert counts[0] == counts[1]


def test_a_machine_without_primitives_is_refused():
    with pytest.raises(RduError, match="plasticine"):
        compile_graph(KERNELS["plus2"].build(3, 4), BOTH, machine="plasticine")
