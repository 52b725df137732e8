import pytest

from rdu.support.diagnostics import (
    Collector,
    ExitCode,
    Note,
    RduError,
    SourceLocation,
    UsageError,
    error,
    suggest,
)

PLACE = SourceLocation("a.mlir", 3, 7)


def test_a_diagnostic_renders_with_notes_and_hint():
    diagnostic = error(
        "'x.y' does not fit: expected 64, got 65",
        PLACE,
        notes=["machine 'plasticine' has 64 PCUs", Note("first used here", SourceLocation("b", 1))],
        hint="merge contexts",
    )
    assert diagnostic.render().splitlines() == [
        "a.mlir:3:7: error: 'x.y' does not fit: expected 64, got 65",
        "note: machine 'plasticine' has 64 PCUs",
        "b:1: note: first used here",
        "hint: merge contexts",
    ]


def test_errors_carry_all_diagnostics_and_an_exit_code():
    failure = RduError([error("one"), error("two", PLACE)], ExitCode.DOES_NOT_FIT)
    assert str(failure) == "error: one\na.mlir:3:7: error: two"
    assert failure.exit_code == 3
    assert UsageError("wrong").exit_code == 2


def test_a_collector_raises_once_for_everything():
    problems = Collector()
    problems.check()
    problems.error("one")
    problems.error("two", hint="three")
    with pytest.raises(RduError) as failure:
        problems.check(ExitCode.DOES_NOT_FIT)
    assert str(failure.value) == "error: one\nerror: two\nhint: three"


def test_suggestions_need_a_close_word():
    assert suggest("fues", ["fuse", "tile"]) == "did you mean 'fuse'?"
    assert suggest("zzz", ["fuse", "tile"]) is None
