"""`--verify-diagnostics`: comments say which diagnostics have to appear, and no others may.

    "toy.alloc"() {buffers = 0} : () -> f32   // expected-error {{has 0 buffers}}
    // expected-error @+1 {{wrong type}}
    // expected-warning-re @below {{took {{[0-9]+}} steps}}

Places are `@+n`, `@-n`, an absolute `@n`, `@above` and `@below` (lines that are expectations are
skipped) or `@unknown` (no location); without one it is the comment's own line. A text has to be
part of the message. A hint counts as a note. Notes attached to a diagnostic may be left
unmentioned, everything else may not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rdu.support.diagnostics import Diagnostic, Severity, SourceLocation, error

_EXPECTED = re.compile(
    r"expected-(?P<severity>error|warning|remark|note)(?P<regex>-re)?\s*"
    r"(?:@(?P<place>[+-]?\d+|above|below|unknown))?\s*"
    r"\{\{(?P<text>.*)\}\}"
)


@dataclass(frozen=True)
class Expectation:
    """One expected diagnostic: severity, line (None: no location) and a pattern of its text."""

    severity: Severity
    line: int | None
    pattern: re.Pattern[str]
    text: str
    place: SourceLocation

    def fits(self, said: "Said") -> bool:
        """Tell whether a diagnostic is the one expected."""
        return (
            said.severity is self.severity
            and said.line == self.line
            and self.pattern.search(said.message) is not None
        )


@dataclass(frozen=True)
class Said:
    """One line of what was said: a diagnostic, or a note attached to one (which is optional)."""

    severity: Severity
    message: str
    line: int | None
    location: SourceLocation | None
    optional: bool


def read_expectations(text: str, source_name: str) -> list[Expectation]:
    """Read the expectations in the comments of a text."""
    lines = text.splitlines()
    skipped = {
        number
        for number, line in enumerate(lines, 1)
        if line.lstrip().startswith("//") and _EXPECTED.search(line)
    }
    found: list[Expectation] = []
    for number, line in enumerate(lines, 1):
        if match := _EXPECTED.search(line):
            words = match["text"]
            found.append(
                Expectation(
                    Severity(match["severity"]),
                    _target(match["place"], number, skipped),
                    re.compile(_regex(words) if match["regex"] else re.escape(words)),
                    words,
                    SourceLocation(source_name, number, match.start() + 1),
                )
            )
    return found


def unmet(
    expectations: Sequence[Expectation], diagnostics: Sequence[Diagnostic]
) -> list[Diagnostic]:
    """Compare what was said with what was expected; return an error for every difference."""
    said = [line for diagnostic in diagnostics for line in _flatten(diagnostic)]
    open_expectations = list(expectations)
    problems: list[Diagnostic] = []
    for line in said:
        expectation = next((e for e in open_expectations if e.fits(line)), None)
        if expectation:
            open_expectations.remove(expectation)
        elif not line.optional:
            problems.append(
                error(f"unexpected {line.severity.value}: {line.message}", line.location)
            )
    problems += [
        error(f'expected {e.severity.value} "{e.text}" was not produced', e.place)
        for e in open_expectations
    ]
    return problems


def _flatten(diagnostic: Diagnostic) -> Iterator[Said]:
    location = diagnostic.location
    line = location.line if location else None
    yield Said(diagnostic.severity, diagnostic.message, line, location, optional=False)
    for note in diagnostic.notes:
        own = note.location.line if note.location else line
        yield Said(Severity.NOTE, note.message, own, note.location or location, optional=True)
    if diagnostic.hint:
        yield Said(Severity.NOTE, diagnostic.hint, line, location, optional=True)


def _target(place: str | None, number: int, skipped: set[int]) -> int | None:
    if place is None:
        return number
    if place == "unknown":
        return None
    if place in ("above", "below"):
        step = -1 if place == "above" else 1
        number += step
        while number in skipped:
            number += step
        return number
    return number + int(place) if place[0] in "+-" else int(place)


def _regex(text: str) -> str:
    """Turn `words {{regex}} words` into a regular expression."""
    parts = re.split(r"\{\{(.*?)\}\}", text)
    return "".join(part if n % 2 else re.escape(part) for n, part in enumerate(parts))
