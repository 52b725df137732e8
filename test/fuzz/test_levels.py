"""Random small programs mean the same at every level of the IR, and on both engines."""

import pytest
from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st
from levels import check_levels, check_schedule
from pattern_programs import PatternProgram, pattern_programs
from schedules import schedule_randomly

from rdu.support.diagnostics import RduError

QUIET = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
SEEDS = st.integers(0, 2**32)


@settings(QUIET, max_examples=30, derandomize=True)
@given(pattern_programs())
def test_unplaced_programs(program: PatternProgram):
    note(program.text)
    check_levels(program.text, program.inputs)


@settings(QUIET, max_examples=20, derandomize=True)
@given(pattern_programs())
def test_placed_and_routed_programs(program: PatternProgram):
    note(program.text)
    check_levels(program.text, program.inputs, routed=True)


@settings(QUIET, max_examples=40, derandomize=True)
@given(pattern_programs(), SEEDS)
def test_random_schedules(program: PatternProgram, start: int):
    check_random_schedule(program, start)


@pytest.mark.long
@pytest.mark.parametrize("start", range(5))
def test_many_programs(start: int):
    @seed(start)
    @settings(QUIET, max_examples=100)
    @given(pattern_programs(points=4000), SEEDS)
    def check(program: PatternProgram, number: int) -> None:
        note(program.text)
        check_levels(program.text, program.inputs, routed=True)
        check_random_schedule(program, number)

    check()


def check_random_schedule(program: PatternProgram, number: int) -> None:
    """Check a program with a random schedule, unless copies straddle the cuts of a memory."""
    text = schedule_randomly(program.text, number)
    note(text)
    try:
        check_schedule(text, program.inputs)
    except RduError as refusal:
        if "across the cut of the memory" not in str(refusal):
            raise
