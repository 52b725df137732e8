"""Gathering what is wrong with a configuration, and raising it all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rdu.configuration.messages import Message
from rdu.configuration.model import NOWHERE, Span
from rdu.support.diagnostics import Diagnostic, ExitCode, Note, RduError, SourceLocation, error

MOST_FINDINGS = 1000
"""A report that holds so many is full: what is wrong beyond is not looked for."""

MOST_HINTS = 20
"""Findings that come with a likely spelling, which takes a while to find."""


class ConfigurationError(RduError):
    """A configuration that cannot be read, means nothing or does not fit its machine."""


@dataclass(slots=True)
class Report:
    """Gathers findings about one file."""

    file: str
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    exit_code: ExitCode = ExitCode.OK

    @property
    def full(self) -> bool:
        """Whether further findings are dropped."""
        return len(self.diagnostics) >= MOST_FINDINGS

    @property
    def wants_hint(self) -> bool:
        """Whether the next finding should come with a likely spelling."""
        return len(self.diagnostics) < MOST_HINTS

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
        if self.exit_code is not ExitCode.ERROR:
            self.exit_code = message.exit_code
        if self.full:
            return
        text = f"{message.text.format(**names)}: expected {need}, got {have}"
        location = SourceLocation(self.file, span.line, span.column)
        if span == NOWHERE:
            location = SourceLocation(self.file)
        self.diagnostics.append(error(text, location, notes=notes, hint=hint))

    def check(self) -> None:
        """Raise ConfigurationError with everything found, in the order of the text, if anything."""
        if self.diagnostics:
            raise ConfigurationError(self.in_order(), self.exit_code)

    def in_order(self) -> list[Diagnostic]:
        """Return the findings by line and column; those of one place in order of discovery."""
        found = sorted(self.diagnostics, key=_line_and_column)
        if self.full:
            note = Note(f"after {MOST_FINDINGS} errors the rest is not looked at")
            found[-1] = replace(found[-1], notes=(*found[-1].notes, note))
        return found


def _line_and_column(diagnostic: Diagnostic) -> tuple[int, int]:
    location = diagnostic.location
    return (location.line, location.column) if location else (0, 0)
