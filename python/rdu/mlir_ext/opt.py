"""The optimizer driver behind `rdu-opt`: text in, passes, text out.

from rdu.mlir_ext.opt import Settings, optimize
print(optimize(text, Settings(pipeline="builtin.module(cse)"), source_name="f.mlir"))
"""

import re
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdu.mlir_ext import ir
from rdu.mlir_ext.channel import Context, has_errors
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.driver import Observer, run_pipeline
from rdu.mlir_ext.expectations import read_expectations, unmet
from rdu.mlir_ext.observers import DumpChoice, IrDumper, Statistics, Timer
from rdu.mlir_ext.pipeline import Named, parse_pipeline
from rdu.mlir_ext.printing import PrintStyle, print_operation
from rdu.mlir_ext.reproducer import Reproducer, ReproducerWriter, read_reproducer
from rdu.support.diagnostics import (
    Diagnostic,
    ExitCode,
    RduError,
    SourceLocation,
    UsageError,
    error,
)

SPLIT_MARKER = "// -----"
_SPLIT = re.compile(rf"^{SPLIT_MARKER}[^\n]*\n?", re.M)


@dataclass(frozen=True)
class Settings:
    """What to do with the IR; the flags of `rdu-opt` are these fields.

    Attributes:
        pipeline: the passes, as pipeline text; empty for none.
        named: named pipelines that the text may use.
        style: how to print the result and the dumps.
        dumps: when to dump the IR on stderr.
        split: treat the parts between `// -----` lines as separate inputs.
        verify_diagnostics: compare diagnostics with `expected-...` comments; print no IR.
        verify_roundtrip: check that printing and parsing give the same IR, before the passes.
        verify_each: verify after every pass.
        allow_unregistered_dialects: accept ops of unknown dialects.
        timing, statistics: print a table on stderr at the end.
        dump_pipeline: print the resolved pipeline on stderr first.
        reproducer: write a reproducer there before each pass; it stays if one fails.
        run_reproducer: take the pipeline from the input's reproducer section.
    """

    pipeline: str = ""
    named: Named | None = None
    style: PrintStyle = field(default_factory=PrintStyle)
    dumps: DumpChoice = field(default_factory=DumpChoice)
    split: bool = False
    verify_diagnostics: bool = False
    verify_roundtrip: bool = False
    verify_each: bool = True
    allow_unregistered_dialects: bool = False
    timing: bool = False
    statistics: bool = False
    dump_pipeline: bool = False
    reproducer: Path | None = None
    run_reproducer: bool = False


def optimize(text: str, settings: Settings | None = None, *, source_name: str = "<stdin>") -> str:
    """Parse IR, run a pipeline on it and return the result's text.

    Diagnostics that are no errors are printed on stderr, as are the tables and dumps asked for.
    Raises RduError with the errors of every part of the input, or UsageError for a wrong pipeline.
    If something of ours breaks, the exception carries a note that names a reproducer file.
    """
    settings = settings or Settings()
    text, settings = _with_reproducer(text, settings, source_name)
    return _Run(settings, source_name).run(text)


def split_input(text: str) -> list[str]:
    """Split at `// -----` lines; empty lines in front keep every part's line numbers."""
    parts: list[str] = []
    start = line = 0
    for marker in _SPLIT.finditer(text):
        parts.append("\n" * line + text[start : marker.start()])
        line += text.count("\n", start, marker.end())
        start = marker.end()
    return [*parts, "\n" * line + text[start:]]


class _Run:
    """One call of `optimize`: a context, a parsed pipeline and its observers."""

    def __init__(self, settings: Settings, source_name: str) -> None:
        self.settings = settings
        self.source_name = source_name
        self.timer = Timer()
        self.codes: list[ExitCode] = []
        self.statistics = Statistics()
        allow = settings.allow_unregistered_dialects
        self.context = make_context(allow_unregistered_dialects=allow)
        self.pipeline = parse_pipeline(settings.pipeline, self.context, settings.named)
        self.writer = (
            ReproducerWriter(settings.reproducer, verify_each=settings.verify_each)
            if settings.reproducer
            else None
        )
        self.timer.lap("Set-up")

    def run(self, text: str) -> str:
        if self.settings.dump_pipeline:
            print(self.pipeline, file=sys.stderr)
        parts = split_input(text) if self.settings.split else [text]
        outputs: list[str] = []
        problems: list[Diagnostic] = []
        for part in parts:
            output, found = self._part(part)
            outputs.append(output)
            problems += found
        self._report()
        if problems:
            if self.settings.verify_diagnostics:
                self.codes = []  # what was expected to fail did; that it differed is plain error
            code = min(self.codes, default=ExitCode.ERROR)
            raise OptError(problems, _joined(list(filter(None, outputs))), code)
        return _joined(outputs)

    def _part(self, text: str) -> tuple[str, list[Diagnostic]]:
        """Process one part; return its output and the errors that count against the run."""
        with self.context.channel.capture() as said:
            try:
                output = self._transform(text)
            except RduError as failure:
                output = ""
                said.extend(failure.diagnostics)
                self.codes.append(failure.exit_code)
            except Exception as bug:
                bug.add_note(f"reproducer: '{self._internal_reproducer(text)}'")
                raise
        if self.settings.verify_diagnostics:
            return "", unmet(read_expectations(text, self.source_name), said)
        if has_errors(said):
            return output, said
        for diagnostic in said:
            print(diagnostic.render(), file=sys.stderr)
        return output, []

    def _transform(self, text: str) -> str:
        module = parse(text, self.context, source_name=self.source_name)
        self.timer.lap("Parser")
        if self.settings.verify_roundtrip:
            check_roundtrip(module, self.context, self.source_name)
        run_pipeline(
            module,
            self.pipeline,
            observers=self._observers(),
            verify_each=self.settings.verify_each,
        )
        self.timer.lap("Rest")
        output = print_operation(module, self.settings.style)
        self.timer.lap("Output")
        return output

    def _observers(self) -> list[Observer]:
        settings = self.settings
        chosen = (
            (self.writer is not None, self.writer),
            (bool(settings.dumps), IrDumper(settings.dumps, settings.style)),
            (settings.statistics, self.statistics),
            (settings.timing, self.timer),
        )
        return [observer for wanted, observer in chosen if wanted and observer]

    def _report(self) -> None:
        if self.writer:
            self.writer.finish()
        if self.settings.statistics:
            self.statistics.report(sys.stderr)
        if self.settings.timing:
            self.timer.report(sys.stderr)

    def _internal_reproducer(self, text: str) -> str:
        content = Reproducer(text, str(self.pipeline), self.settings.verify_each).render()
        with tempfile.NamedTemporaryFile(
            "w", prefix="rdu-opt-", suffix=".mlir", delete=False, encoding="utf-8"
        ) as file:
            file.write(content)
        return file.name


class OptError(RduError):
    """Some part of the input failed; `partial` is the output of the other parts."""

    def __init__(self, diagnostics: list[Diagnostic], partial: str, exit_code: ExitCode) -> None:
        super().__init__(diagnostics, exit_code)
        self.partial = partial


def check_roundtrip(module: ir.OpView, context: Context, source_name: str) -> None:
    """Check that IR printed, in both forms, and parsed again is the same; raises RduError."""
    for form in (PrintStyle(), PrintStyle(generic=True)):
        text = print_operation(module, replace(form, locations=True))
        try:
            again = parse(text, context, source_name=source_name)
        except RduError as failure:
            first = error("printed IR does not parse again", SourceLocation(source_name))
            raise RduError([first, *failure.diagnostics]) from None
        if print_operation(again, replace(form, locations=True)) != text:
            raise RduError(
                error("printed IR differs after parsing it again", SourceLocation(source_name))
            )


def _with_reproducer(text: str, settings: Settings, source_name: str) -> tuple[str, Settings]:
    found = read_reproducer(text)
    if not settings.run_reproducer:
        return (found.text if found else text), settings
    if found is None:
        raise UsageError(
            "input has no reproducer: expected a section '{-# external_resources: "
            "{ mlir_reproducer: ... #-}'",
            SourceLocation(source_name),
        )
    return found.text, replace(
        settings, pipeline=found.pipeline, verify_each=found.verify_each, split=False
    )


def _joined(outputs: list[str]) -> str:
    text = f"\n\n{SPLIT_MARKER}\n\n".join(outputs)
    return f"{text}\n" if text.strip() else ""
