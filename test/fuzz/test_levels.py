"""Random small programs mean the same at every level of the IR, and on both engines."""

import pytest
from hypothesis import HealthCheck, given, note, seed, settings
from levels import check_levels
from pattern_programs import PatternProgram, pattern_programs

QUIET = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))


@settings(QUIET, max_examples=25, derandomize=True)
@given(pattern_programs())
def test_unplaced_programs(program: PatternProgram):
    note(program.text)
    check_levels(program.text, program.inputs)


@settings(QUIET, max_examples=15, derandomize=True)
@given(pattern_programs())
def test_placed_and_routed_programs(program: PatternProgram):
    note(program.text)
    check_levels(program.text, program.inputs, routed=True)


@pytest.mark.long
@pytest.mark.parametrize("start", range(5))
def test_many_programs(start: int):
    @seed(start)
    @settings(QUIET, max_examples=100)
    @given(pattern_programs())
    def check(program: PatternProgram) -> None:
        note(program.text)
        check_levels(program.text, program.inputs, routed=True)

    check()
