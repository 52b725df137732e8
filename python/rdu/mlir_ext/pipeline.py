"""Pipeline text: `builtin.module(pattern-schedule{machine=pir},func.func(canonicalize),cse)`.

The grammar is MLIR's, with our passes and named pipelines beside upstream's:

    pipeline := element ("," element)*
    element  := anchor "(" pipeline ")" | name ("{" options "}")?
    options  := (key ("=" value)?)*     a value is a word, a list `1,2`, or `{nested}`

Text without an anchor around it runs on `builtin.module`. Everything that is wrong with a pipeline
is reported at once, with its column and, for a misspelt name, a suggestion.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from rdu.mlir_ext import ir, passmanager
from rdu.mlir_ext.passes import Pass, all_passes, find_pass
from rdu.mlir_ext.upstream import KNOWN_PASSES, upstream_page
from rdu.support.diagnostics import Collector, ExitCode, RduError, SourceLocation, suggest
from rdu.support.options import OptionError, build, differing

MODULE = "builtin.module"

Named = Mapping[str, tuple[str, str]]
"""Named pipelines: name to (pipeline text, one line of documentation)."""

_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_VALUE = re.compile(r"[^\s{}]+")


@dataclass(frozen=True)
class Step:
    """One pass to run: ours (`cls` with its `options`) or upstream's (`text` alone)."""

    name: str
    text: str
    cls: type[Pass] | None = None
    options: Any = None


@dataclass(frozen=True)
class Nest:
    """Passes to run in turn on every op called `anchor`; `any` stands for every op."""

    anchor: str
    body: tuple["Step | Nest", ...]

    def __str__(self) -> str:
        """Return the text that parses to this pipeline."""
        return f"{self.anchor}({','.join(str_of(element) for element in self.body)})"

    def steps(self) -> Iterator[Step]:
        """List the passes in the order in which they run, nested ones included."""
        for element in self.body:
            if isinstance(element, Nest):
                yield from element.steps()
            else:
                yield element


def str_of(element: Step | Nest) -> str:
    """Return an element's pipeline text."""
    return element.text if isinstance(element, Step) else str(element)


def step_of(cls: type[Pass], options: Any) -> Step:
    """Make a step of one of our passes; its text gives the options that are not default."""
    given = " ".join(f"{name}={value}" for name, value in differing(options).items())
    return Step(cls.name, f"{cls.name}{{{given}}}" if given else cls.name, cls, options)


def parse_pipeline(
    text: str, context: ir.Context, named: Named | None = None, origin: str = "--pass-pipeline"
) -> Nest:
    """Read pipeline text and resolve every name in it.

    Args:
        text: the pipeline.
        context: where upstream's passes are looked up.
        named: pipelines that may stand in place of a pass.
        origin: what diagnostics name as the file of the text.

    Raises RduError (exit code 2) with everything that is wrong.
    """
    parser = _Parser(text, origin, context, named or {})
    pipeline = parser.parse()
    parser.problems.check(ExitCode.USAGE)
    return pipeline


class _Parser:
    """A recursive-descent parser; an error that hides the rest of the text ends it early."""

    def __init__(self, text: str, origin: str, context: ir.Context, named: Named) -> None:
        self.text = text
        self.origin = origin
        self.context = context
        self.named = named
        self.position = 0
        self.problems = Collector()

    def parse(self) -> Nest:
        body = self._elements(MODULE)
        if self.position < len(self.text):
            self._stop(f"pipeline ends too late: expected ',' or the end, got '{self._rest()}'")
        if len(body) == 1 and isinstance(body[0], Nest) and body[0].anchor in (MODULE, "any"):
            return body[0]
        return Nest(MODULE, body)

    def _elements(self, anchor: str) -> tuple[Step | Nest, ...]:
        if self._peek() in (")", ""):
            return ()
        elements = self._element(anchor)
        while self._take(","):
            elements.extend(self._element(anchor))
        return tuple(elements)

    def _element(self, anchor: str) -> list[Step | Nest]:
        start = self._skip_space()
        match = _NAME.match(self.text, start)
        if not match:
            self._stop(f"pass name is missing: expected a name, got '{self._rest()}'")
        name, self.position = match.group(), match.end()
        if self._take("("):
            self._check_anchor(name, start)
            body = self._elements(anchor if name == MODULE else name)
            self._expect(")")
            return list(body) if name == MODULE == anchor and start else [Nest(name, body)]
        options, places = self._options() if self._take("{") else ({}, {})
        raw = self.text[start : self.position]
        return self._resolve(name, raw, start, anchor, options, places)

    def _check_anchor(self, name: str, start: int) -> None:
        if name != "any" and not self.context.is_registered_operation(name):
            problem = f"op '{name}' is unknown: expected the name of an op to run on"
            hint = suggest(name, ("any", MODULE, "func.func"))
            self.problems.error(problem, self._place(start), hint=hint)

    def _options(self) -> tuple[dict[str, str], dict[str, int]]:
        options: dict[str, str] = {}
        places: dict[str, int] = {}
        while not self._take("}"):
            start = self._skip_space()
            match = _NAME.match(self.text, start)
            if not match:
                self._stop(
                    f"options do not end: expected 'name=value' or '}}', got '{self._rest()}'"
                )
            name, self.position = match.group(), match.end()
            options[name] = self._value() if self._take("=") else "true"
            places[name] = start
        return options, places

    def _value(self) -> str:
        start = self._skip_space()
        if self._peek() == "{":
            self.position = _matching_brace(self.text, start)
            if not self.position:
                self.position = start
                self._stop("option value does not end: expected '}'")
            return self.text[start + 1 : self.position - 1]
        match = _VALUE.match(self.text, start)
        if not match:
            self._stop(f"option value is missing: expected a value, got '{self._rest()}'")
        self.position = match.end()
        return match.group()

    def _resolve(
        self,
        name: str,
        raw: str,
        start: int,
        anchor: str,
        options: dict[str, str],
        places: dict[str, int],
    ) -> list[Step | Nest]:
        if name in self.named:
            inner = parse_pipeline(self.named[name][0], self.context, self.named, f"--{name}")
            return list(inner.body)
        cls = find_pass(name)
        if cls is None:
            return self._upstream(name, raw, start, anchor)
        if cls.anchor not in (anchor, "any") and anchor not in (MODULE, "any"):
            problem = f"pass '{name}' cannot run on '{anchor}': expected '{cls.anchor}'"
            self.problems.error(problem, self._place(start))
        try:
            step = step_of(cls, build(cls.Options, options))
        except OptionError as wrong:
            culprit = next((p for n, p in places.items() if f"option '{n}'" in str(wrong)), start)
            self.problems.error(f"pass '{name}': {wrong}", self._place(culprit), hint=wrong.hint)
            return []
        implied = cls.anchor != anchor and cls.anchor != "any"
        return [Nest(cls.anchor, (step,))] if implied else [step]

    def _upstream(self, name: str, raw: str, start: int, anchor: str) -> list[Step | Nest]:
        try:
            passmanager.PassManager.parse(f"{anchor}({raw})", self.context)
        except ValueError as failure:
            unknown = "does not refer to a registered pass" in str(failure)
            self._report_unknown(name, start) if unknown else self._report_misuse(
                name, start, str(failure)
            )
            return []
        return [Step(name, raw)]

    def _report_unknown(self, name: str, start: int) -> None:
        known = {*all_passes(), *self.named, *KNOWN_PASSES}
        self.problems.error(
            f"pass '{name}' is unknown: expected a pass or a named pipeline",
            self._place(start),
            hint=suggest(name, known) or "--list-passes lists them",
        )

    def _report_misuse(self, name: str, start: int, message: str) -> None:
        reason = " ".join(message.replace("<Pass-Options-Parser>:", "").split())
        self.problems.error(
            f"pass '{name}' cannot be used so: {reason}",
            self._place(start),
            hint=f"its options are listed at {upstream_page(name)}",
        )

    def _skip_space(self) -> int:
        while self.position < len(self.text) and self.text[self.position].isspace():
            self.position += 1
        return self.position

    def _peek(self) -> str:
        self._skip_space()
        return self.text[self.position : self.position + 1]

    def _take(self, symbol: str) -> bool:
        if self._peek() != symbol:
            return False
        self.position += 1
        return True

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            self._stop(f"pipeline does not nest: expected '{symbol}', got '{self._rest()}'")

    def _rest(self) -> str:
        return self.text[self.position : self.position + 12] or "the end"

    def _place(self, position: int) -> SourceLocation:
        return SourceLocation(self.origin, 1, position + 1)

    def _stop(self, message: str) -> NoReturn:
        self.problems.error(message, self._place(self.position))
        raise RduError(self.problems.diagnostics, ExitCode.USAGE)


def _matching_brace(text: str, start: int) -> int:
    """Return the position after the brace that closes the one at `start`, 0 if none does."""
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return 0
