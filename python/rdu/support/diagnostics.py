"""Diagnostics: what every room of the compiler says when something is wrong, and how it exits.

A diagnostic is plain data. It renders as `file:line:col: error: message`, then its notes, then a
hint, each on a line of its own, so that editors and `--verify-diagnostics` can read it back.
"""

import difflib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """Exit codes shared by all tools."""

    OK = 0
    ERROR = 1
    USAGE = 2
    DOES_NOT_FIT = 3
    DEADLOCK = 4
    NUMERIC_MISMATCH = 5
    INTERNAL = 70


class Severity(StrEnum):
    """How bad a diagnostic is; the value is the word that is printed."""

    ERROR = "error"
    WARNING = "warning"
    REMARK = "remark"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class SourceLocation:
    """A place in a text: 1-based line and column; 0 means that the part is unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Render as `file:line:column`, without trailing unknown parts."""
        if not self.line:
            return self.file
        return (
            f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"
        )


@dataclass(frozen=True, slots=True)
class Note:
    """A fact that explains a diagnostic, optionally at a place of its own."""

    message: str
    location: SourceLocation | None = None

    def render(self) -> str:
        """Return the note as one line."""
        return _line(self.location, Severity.NOTE, self.message)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: severity, message, where, why (notes) and what to do (hint)."""

    severity: Severity
    message: str
    location: SourceLocation | None = None
    notes: tuple[Note, ...] = ()
    hint: str | None = None

    def render(self) -> str:
        """Return the diagnostic with its notes and hint, one line each, no final newline."""
        lines = [_line(self.location, self.severity, self.message)]
        lines += [note.render() for note in self.notes]
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


def _line(location: SourceLocation | None, severity: Severity, message: str) -> str:
    prefix = f"{location}: " if location else ""
    return f"{prefix}{severity.value}: {message}"


def error(
    message: str,
    location: SourceLocation | None = None,
    *,
    notes: Iterable[Note | str] = (),
    hint: str | None = None,
) -> Diagnostic:
    """Build an error diagnostic; string notes become notes without a location."""
    return Diagnostic(Severity.ERROR, message, location, as_notes(notes), hint)


Warn = Callable[[Diagnostic], None]
"""Told of a warning."""


def print_warning(warning: Diagnostic) -> None:
    """Print a warning on stderr."""
    print(warning.render(), file=sys.stderr)


def as_notes(notes: Iterable[Note | str]) -> tuple[Note, ...]:
    """Turn strings among `notes` into notes without a location."""
    return tuple(Note(note) if isinstance(note, str) else note for note in notes)


class RduError(Exception):
    """Something the user can act on: a list of diagnostics and the exit code of a tool."""

    def __init__(
        self,
        diagnostics: Diagnostic | Iterable[Diagnostic],
        exit_code: ExitCode = ExitCode.ERROR,
    ) -> None:
        single = isinstance(diagnostics, Diagnostic)
        self.diagnostics: tuple[Diagnostic, ...] = (diagnostics,) if single else tuple(diagnostics)
        self.exit_code = exit_code
        super().__init__(self.render())

    def render(self) -> str:
        """Return all diagnostics, in order, one block each."""
        return "\n".join(diagnostic.render() for diagnostic in self.diagnostics)


class UsageError(RduError):
    """The command line or the call is wrong, not the program."""

    def __init__(
        self, message: str, location: SourceLocation | None = None, *, hint: str | None = None
    ) -> None:
        super().__init__(error(message, location, hint=hint), ExitCode.USAGE)


@dataclass(slots=True)
class Collector:
    """Gathers diagnostics so that a phase can report everything that is wrong at once."""

    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])

    def error(
        self,
        message: str,
        location: SourceLocation | None = None,
        *,
        notes: Iterable[Note | str] = (),
        hint: str | None = None,
    ) -> None:
        """Add an error."""
        self.diagnostics.append(error(message, location, notes=notes, hint=hint))

    def warning(self, message: str, location: SourceLocation | None = None) -> None:
        """Add a warning."""
        self.diagnostics.append(Diagnostic(Severity.WARNING, message, location))

    def check(self, exit_code: ExitCode = ExitCode.ERROR) -> None:
        """Raise RduError with everything gathered if any of it is an error."""
        if any(d.severity is Severity.ERROR for d in self.diagnostics):
            raise RduError(self.diagnostics, exit_code)


def suggest(word: str, known: Iterable[str]) -> str | None:
    """Return `did you mean 'x'?` for the known word closest to `word`, if one is close."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else None
