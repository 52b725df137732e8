import pytest

from rdu.mlir_ext.expectations import read_expectations, unmet
from rdu.support.diagnostics import Diagnostic, Note, Severity, SourceLocation


def said(severity, line, message, *notes, hint=None):
    place = SourceLocation("f.mlir", line, 3) if line else None
    return Diagnostic(severity, message, place, tuple(Note(note) for note in notes), hint)


def problems(text, *diagnostics):
    return [d.message for d in unmet(read_expectations(text, "f.mlir"), diagnostics)]


@pytest.mark.parametrize("severity", list(Severity))
def test_each_severity_is_compared(severity):
    text = f"op // expected-{severity} {{{{took 3}}}}"
    assert problems(text, said(severity, 1, "op took 3 steps")) == []
    assert problems(text) == [f'expected {severity} "took 3" was not produced']
    other = Severity.REMARK if severity is Severity.WARNING else Severity.WARNING
    assert len(problems(text, said(other, 1, "op took 3 steps"))) == 2


@pytest.mark.parametrize(
    ("place", "line"),
    [("@+1", 3), ("@-1", 1), ("@above", 1), ("@below", 4), ("@7", 7), ("@unknown", None), ("", 2)],
)
def test_places(place, line):
    text = f"op\n// expected-error {place} {{{{bad}}}}\n// expected-remark {{{{fine}}}}\nop"
    remark = said(Severity.REMARK, 3, "fine")
    assert problems(text, said(Severity.ERROR, line, "bad"), remark) == []
    assert len(problems(text, said(Severity.ERROR, 9, "bad"), remark)) == 2


def test_regular_expressions():
    text = "op // expected-error-re {{took {{[0-9]+}} (steps)}}"
    assert problems(text, said(Severity.ERROR, 1, "took 31 (steps)")) == []
    assert len(problems(text, said(Severity.ERROR, 1, "took x (steps)"))) == 2


def test_notes_and_hints_may_be_expected_but_need_not():
    diagnostic = said(Severity.ERROR, 1, "bad", "since then", hint="try this")
    assert problems("op // expected-error {{bad}}", diagnostic) == []
    text = "op // expected-error {{bad}}\n// expected-note @above {{since}}"
    assert problems(text, diagnostic) == []
    text += "\n// expected-note @1 {{try this}}"
    assert problems(text, diagnostic) == []
    text += "\n// expected-note @1 {{not said}}"
    assert problems(text, diagnostic) == ['expected note "not said" was not produced']


def test_one_expectation_stands_for_one_diagnostic():
    twice = [said(Severity.WARNING, 1, "slow")] * 2
    assert problems("op // expected-warning {{slow}}", *twice) == ["unexpected warning: slow"]
