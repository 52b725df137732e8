"""The diagnostics of a context: MLIR's own and ours, collected in one place."""

import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager

from rdu.mlir_ext import ir
from rdu.mlir_ext.locations import source_location
from rdu.support.diagnostics import (
    Diagnostic,
    ExitCode,
    Note,
    RduError,
    Severity,
    SourceLocation,
    as_notes,
    error,
)

UNNAMED = "-"
"""The file name that MLIR gives to text parsed without one."""

_SEVERITIES = {
    "ERROR": Severity.ERROR,
    "WARNING": Severity.WARNING,
    "REMARK": Severity.REMARK,
    "NOTE": Severity.NOTE,
}


class Channel:
    """Where everything that is said about the IR of one context goes.

    Diagnostics of the bindings arrive through the context's handler, ours directly (the bindings
    can emit only errors, without notes). The innermost `capture` gets them; without one they are
    printed on stderr.
    """

    def __init__(self) -> None:
        self.source_name = UNNAMED
        self._captures: list[list[Diagnostic]] = []
        self._raising = 0
        self._extras: tuple[tuple[Note, ...], str | None] = ((), None)

    def emit(self, diagnostic: Diagnostic) -> None:
        """Hand over one diagnostic."""
        if self._captures:
            self._captures[-1].append(diagnostic)
        else:
            print(diagnostic.render(), file=sys.stderr)

    @contextmanager
    def capture(self) -> Generator[list[Diagnostic], None, None]:
        """Collect what is emitted inside the `with` into the list that it gives."""
        captured: list[Diagnostic] = []
        self._captures.append(captured)
        try:
            yield captured
        finally:
            self._captures.pop()

    @contextmanager
    def raising(self) -> Generator[None, None, None]:
        """Raise RduError with all diagnostics emitted inside if one is an error, else pass on.

        An RduError raised inside gives its diagnostics after them, and the exit code.
        A bare MLIRError inside counts as an error too: the bindings' own text is then reported.
        """
        self._raising += 1
        code = ExitCode.ERROR
        with self.capture() as captured:
            try:
                yield
            except RduError as failure:
                captured.extend(failure.diagnostics)
                code = failure.exit_code
                if not has_errors(captured):
                    captured.append(error("a verifier or pass failed without saying why"))
            except ir.MLIRError as failure:
                if not has_errors(captured):
                    captured.append(error(str(failure)))
            finally:
                self._raising -= 1
        if has_errors(captured):
            raise RduError(captured, code)
        for diagnostic in captured:
            self.emit(diagnostic)

    @property
    def will_raise(self) -> bool:
        """Whether errors emitted now will be raised: a verifier may then go on to the next op."""
        return self._raising > 0

    @property
    def failing(self) -> bool:
        """Whether the innermost capture holds an error."""
        return bool(self._captures) and has_errors(self._captures[-1])

    def emit_error(
        self, location: ir.Location, message: str, notes: tuple[Note, ...], hint: str | None
    ) -> None:
        """Emit an error through MLIR, which may be silencing its verifier, and keep the extras."""
        self._extras = (notes, hint)
        location.emit_error(message)
        self._extras = ((), None)

    def handle(self, diagnostic: "ir.Diagnostic") -> bool:
        """Receive a diagnostic of the bindings (the handler that `Context` installs)."""
        extra_notes, hint = self._extras
        notes = tuple(Note(note.message, self._place(note.location)) for note in diagnostic.notes)
        severity = _SEVERITIES[diagnostic.severity.name]
        place = self._place(diagnostic.location)
        self.emit(Diagnostic(severity, diagnostic.message, place, notes + extra_notes, hint))
        return True

    def _place(self, location: ir.Location) -> SourceLocation | None:
        place = source_location(location)
        if place and place.file == UNNAMED:
            return SourceLocation(self.source_name, place.line, place.column)
        return place


class Context(ir.Context):
    """An MLIR context whose diagnostics all arrive in `channel`."""

    def __init__(self) -> None:
        super().__init__()
        self.channel = Channel()
        self.enable_multithreading(False)  # a verifier in Python hangs with it
        self.emit_error_diagnostics = True  # without it handlers see no errors
        self.attach_diagnostic_handler(self.channel.handle)


def emit(
    location: ir.Location,
    severity: Severity,
    message: str,
    notes: Iterable[Note | str] = (),
    hint: str | None = None,
) -> None:
    """Say something about a place in the IR.

    In a context of ours it goes to the channel, whole. In a foreign one an error goes to MLIR's
    own diagnostics and the rest is printed.
    """
    context = location.context
    channel = context.channel if isinstance(context, Context) else Channel()
    if severity is Severity.ERROR:
        channel.emit_error(location, message, as_notes(notes), hint)
    else:
        place = source_location(location)
        channel.emit(Diagnostic(severity, message, place, as_notes(notes), hint))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether one of the diagnostics is an error."""
    return any(d.severity is Severity.ERROR for d in diagnostics)
