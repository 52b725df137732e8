"""Fusion keeps the meaning of any program, and leaves no pattern that it could have moved."""

import numpy as np
from hypothesis import HealthCheck, given, note, settings
from pattern_programs import PatternProgram, pattern_programs

from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.driver import run_pass
from rdu.transforms.conversion.linalg_to_pattern import LinalgToPattern
from rdu.transforms.pattern.fuse import PatternFuse

CONTEXT = make_context()


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pattern_programs(elements=("i32",)))
def test_fusion_keeps_integers(program: PatternProgram):
    note(program.text)
    module = parse(program.text, CONTEXT)
    before = run(module, program.inputs)
    run_pass(module, PatternFuse)
    after = run(module, program.inputs)
    for name in program.outputs:
        np.testing.assert_array_equal(before[name], after[name])
    assert not any(run_pass(module, PatternFuse).values())


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pattern_programs(elements=("f32",)))
def test_fusion_keeps_floats(program: PatternProgram):
    note(program.text)
    module = parse(program.text, CONTEXT)
    before = run(module, program.inputs)
    run_pass(module, PatternFuse)
    after = run(module, program.inputs)
    for name in program.outputs:
        scale = np.abs(before[name]).max()
        np.testing.assert_allclose(before[name], after[name], rtol=0, atol=1e-5 * scale)


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pattern_programs())
def test_patterns_pass_through_the_conversion(program: PatternProgram):
    module = parse(program.text, CONTEXT)
    before = str(module)
    assert run_pass(module, LinalgToPattern) == {"patterns": 0}
    assert str(module) == before
