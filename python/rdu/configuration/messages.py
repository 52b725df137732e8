"""Everything that the reader and the verifier can say, declared once.

Each message renders as `what is wrong: expected <need>, got <have>`. A program that is malformed
exits with 1; one that is well formed but exceeds the machine exits with 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rdu.configuration.model import NOWHERE, Span
from rdu.support.diagnostics import Diagnostic, ExitCode, Note, RduError, SourceLocation, error


class ConfigurationError(RduError):
    """A configuration that cannot be read, means nothing or does not fit its machine."""


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of finding; `text` is a format string over the names of the entities concerned."""

    code: str
    text: str
    exit_code: ExitCode = ExitCode.ERROR


MESSAGES: dict[str, Message] = {}


def _declare(code: str, text: str, exit_code: ExitCode = ExitCode.ERROR) -> Message:
    message = Message(code, text, exit_code)
    MESSAGES[code] = message
    return message


# The text.
UNREADABLE = _declare("unreadable", "unreadable character")
UNOPENED = _declare("unopened", "'}}' closes no block")
UNCLOSED = _declare("unclosed", "block is never closed")
MALFORMED = _declare("malformed", "malformed {statement} line")
UNKNOWN_STATEMENT = _declare("unknown-statement", "unknown statement '{word}' in {block}")
NOT_A_BLOCK = _declare("not-a-block", "'{word}' opens a block but takes none")
NO_BLOCK = _declare("no-block", "'{word}' needs a block")
LATE = _declare("late", "'{word}' stands too late in {block}")
REPEATED = _declare("repeated", "'{word}' is repeated in {block}")
INCOMPLETE = _declare("incomplete", "{block} is incomplete")
TWO_ACTIONS = _declare("two-actions", "context '{name}' does more than one thing")


@dataclass(slots=True)
class Report:
    """Gathers findings about one file."""

    file: str
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    exit_code: ExitCode = ExitCode.OK

    def __call__(
        self,
        message: Message,
        span: Span,
        need: str,
        have: object,
        *,
        notes: Iterable[Note | str] = (),
        hint: str | None = None,
        **names: object,
    ) -> None:
        """Add a finding at `span`: what was needed there and what was found."""
        text = f"{message.text.format(**names)}: expected {need}, got {have}"
        location = SourceLocation(self.file, span.line, span.column)
        if span == NOWHERE:
            location = SourceLocation(self.file)
        self.diagnostics.append(error(text, location, notes=notes, hint=hint))
        if self.exit_code is not ExitCode.ERROR:
            self.exit_code = message.exit_code

    def check(self) -> None:
        """Raise ConfigurationError with everything found, in the order of the text, if anything."""
        if self.diagnostics:
            raise ConfigurationError(self.in_order(), self.exit_code)

    def in_order(self) -> list[Diagnostic]:
        """Return the findings by line and column; those of one place in order of discovery."""
        return sorted(self.diagnostics, key=_line_and_column)


def _line_and_column(diagnostic: Diagnostic) -> tuple[int, int]:
    location = diagnostic.location
    return (location.line, location.column) if location else (0, 0)
