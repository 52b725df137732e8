"""Random programs of tensor index notation run on the fabric and compute what NumPy does."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from notation_programs import Maker

from rdu.frontends.sparse.notation import parse_program, to_linalg
from rdu.mlir_ext.driver import run_pass, run_pipeline
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.pipelines import plain_to_sam
from rdu.sparse import compile_expression, compile_graph
from rdu.support.diagnostics import RduError
from rdu.targets import load_machine
from rdu.transforms.sam.parallelize import Parallelize

EXACT = 2**20
"""Whole numbers up to here are exact in f32, with the sums on the way."""

REFUSED = (
    "has no order of its loops",
    "accumulates levels",
    "is not supported",
    "merges a level",
    "as it is written",
)
"""What storage in a conflicting order, or lists of points, may lead to."""

MACHINES = Path(load_machine.__code__.co_filename).parent
NO_ROOM = "does not fit a scratchpad"


def run(data, refused=REFUSED, engines=("native",), **options):
    """Run a program on engines, or let it be refused; `options` go to the compiler."""
    maker = Maker(data.draw)
    made = [maker.statement(f"r{number}") for number in range(data.draw(st.integers(1, 2)))]
    assume(all(statement.bound < EXACT for statement in made))
    text = ";".join(statement.text for statement in made)
    read = {access.tensor for access in parse_program(text).inputs}
    dtype = data.draw(st.sampled_from([np.float32, np.int32]))
    inputs = {name: array.astype(dtype) for name, array in maker.inputs.items() if name in read}
    assume(inputs)
    formats = {
        name: data.draw(st.text("ds", min_size=array.ndim, max_size=array.ndim))
        for name, array in inputs.items()
        if array.ndim
    }
    shapes = {statement.name: statement.result.shape for statement in made}
    fusion = data.draw(st.sampled_from(["none", "auto", "full"]))
    depth = data.draw(st.sampled_from([None, 1, 2, 8]))
    lanes = data.draw(st.sampled_from([1, 1, 2, 3, 16]))
    try:
        artifact = compile_expression(
            text,
            inputs,
            formats=formats,
            shapes=shapes,
            fusion=fusion,
            fifo_depth=depth,
            lanes=lanes,
            **options,
        )
    except RduError as refusal:
        messages = [d.message for d in refusal.diagnostics if d.severity == "error"]
        if not all(any(word in message for word in refused) for message in messages):
            pytest.fail(str(refusal))
        event("refused")
        return None
    event("run")
    runs = [artifact.run(engine) for engine in engines]
    expected = made[-1].result.astype(dtype)
    for tensor, result in runs:
        np.testing.assert_array_equal(tensor.to_dense().reshape(expected.shape), expected)
        assert result.sections == runs[0].result.sections
    return artifact


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_expressions(data):
    run(data)


@pytest.mark.long
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_many_random_expressions(data):
    run(data)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), copies=st.integers(2, 4), level=st.integers(0, 2), chunk=st.integers(1, 2))
def test_random_expressions_in_copies(data, copies, level, chunk):
    """Whatever graphs are made of a program, what is under a level can be copied, or is left."""
    maker = Maker(data.draw)
    statement = maker.statement("r")
    assume(statement.bound < EXACT and parse_program(statement.text).inputs)
    read = {access.tensor for access in parse_program(statement.text).inputs}
    inputs = {n: array.astype(np.float32) for n, array in maker.inputs.items() if n in read}
    formats = {
        name: data.draw(st.text("ds", min_size=array.ndim, max_size=array.ndim))
        for name, array in inputs.items()
        if array.ndim
    }
    try:
        module = to_linalg(statement.text, {"r": statement.result.shape, **inputs}, formats=formats)
        run_pipeline(module, parse_pipeline(plain_to_sam("auto"), module.context))
    except RduError:
        assume(False)
    counts = run_pass(module, Parallelize, factor=copies, level=level, chunk=chunk)
    event(f"copied: {counts['graphs']}")
    artifact = compile_graph(module, inputs)
    tensor, result = artifact.run()
    expected = statement.result.astype(np.float32)
    np.testing.assert_array_equal(tensor.to_dense().reshape(expected.shape), expected)
    assert artifact.run("python").result.sections == result.sections


# -- in a tier that serves bursts ------------------------------------------------------------------


def machine(directory, room):
    """Write `sam-ideal` with scratchpads of so many bytes, and a tier that serves bursts alone."""
    text = re.sub(r"direct = .*\n", "", (MACHINES / "sam-ideal.toml").read_text())
    for table, key, number in (
        ("pmu", "bytes", room),
        ("ag", "outstanding", 3),
        ("tiers.memory", "latency", 20),
        ("tiers.memory", "burst_bytes", 16),
        ("tiers.memory", "bytes_per_cycle", 4),
    ):
        pattern = rf"(\[{table}\]\n(?:.+\n)*?{key} = \{{ value = )[\d_]+"
        text, count = re.subn(pattern, rf"\g<1>{number}", text)
        assert count == 1, key
    file = Path(directory) / f"bursts-{room}.toml"
    file.write_text(text)
    return str(file)


@pytest.fixture(scope="session")
def machines(tmp_path_factory):
    """Machines with scratchpads that hold all and hardly anything."""
    return [machine(tmp_path_factory.mktemp("machines"), room) for room in (2**20, 64)]


def run_in_tier(data, machines):
    large, small = machines
    residency = data.draw(st.sampled_from(["dram", "dram", "scratchpad", "auto"]))
    chosen = small if residency == "auto" else large
    refused = (*REFUSED, NO_ROOM) if residency == "auto" else REFUSED
    extent = data.draw(st.sampled_from([None, 1, 2, 3]))
    artifact = run(
        data,
        refused,
        ("native", "python"),
        machine=chosen,
        residency=residency,
        extent=extent,
    )
    event(f"{residency}: {'refused' if artifact is None else 'run'}")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_expressions_whose_operands_and_results_are_in_a_tier(machines, data):
    run_in_tier(data, machines)


@pytest.mark.long
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_many_random_expressions_whose_operands_and_results_are_in_a_tier(machines, data):
    run_in_tier(data, machines)
