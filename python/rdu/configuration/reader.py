"""Reading a configuration: one statement a line, every mistake reported.

A hand-written reader of the language of `grammar.lark`, against which it is tested: the text of a
model has thousands of lines. A malformed line is reported and skipped, so that the rest is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast

from rdu.configuration import lines, messages
from rdu.configuration.cursor import Cursor, UnexpectedTokenError
from rdu.configuration.lexer import Statement, statements
from rdu.configuration.model import (
    Action,
    Affine,
    Compute,
    Context,
    Load,
    Net,
    Program,
    Read,
    Route,
    Section,
    Span,
    Store,
    Unit,
    UnitKind,
    Update,
    Write,
)
from rdu.configuration.report import Report
from rdu.support.diagnostics import suggest
from rdu.support.text_files import decode

T = TypeVar("T")


def read(path: str | Path) -> Program:
    """Read a configuration file; see `parse`. OSError if there is none, RduError if no text."""
    return parse(decode(Path(path).read_bytes(), str(path)), str(path))


def parse(text: str, file: str = "<string>") -> Program:
    """Read a program; `file` names it in messages.

    Raises ConfigurationError with everything that is wrong with the text.
    """
    report = Report(file)
    program = _Reader(report).program(statements(text, report))
    report.check()
    return program


@dataclass(frozen=True, slots=True)
class _Rule:
    """Where a statement may stand in its block: not before those of higher rank."""

    rank: int
    opens: bool = False
    once: bool = False


_UNIT = _Rule(0, opens=True)
_ACCESS = _Rule(4)

_RULES: dict[str, dict[str, _Rule]] = {
    "the file": {
        "rdu": _Rule(0, once=True),
        "machine": _Rule(1, once=True),
        "tensor": _Rule(2),
        "section": _Rule(3, opens=True),
        "host": _Rule(4, opens=True, once=True),
    },
    "a section": {
        "ag": _UNIT,
        "pmu": _UNIT,
        "pcu": _UNIT,
        "net": _Rule(1, opens=True),
    },
    "a unit": {
        "memory": _Rule(0),
        "context": _Rule(1, opens=True),
    },
    "a context": {
        "repeat": _Rule(0, once=True),
        "count": _Rule(1),
        "in": _Rule(2),
        "out": _Rule(3),
        "load": _ACCESS,
        "store": _ACCESS,
        "read": _ACCESS,
        "write": _ACCESS,
        "=": _Rule(5),
        "<-": _Rule(6),
    },
    "a net": {"to": _Rule(0)},
    "the host": {"run": _Rule(0)},
}


@dataclass(slots=True)
class _Reader:
    report: Report

    def program(self, body: list[Statement]) -> Program:
        found = self._sort("the file", body)
        present = {statement.keyword for statement in body}
        for keyword in ("rdu", "machine", "host"):
            if keyword not in present:
                have = "the end of the file"
                self.report(messages.INCOMPLETE, Span(1, 1), f"'{keyword}'", have, block="the file")
        self._all(lines.version, found.get("rdu"))
        machines = self._all(lines.machine, found.get("machine"))
        name, digest = machines[0] if machines else ("", None)
        for host in found.get("host", ()):
            self._one(_bare, host)
        return Program(
            machine=name,
            machine_hash=digest,
            tensors=self._all(lines.tensor, found.get("tensor")),
            sections=tuple(map(self._section, found.get("section", ()))),
            host=self._all(lines.run, self._inner("the host", found.get("host")).get("run")),
            file=self.report.file,
            span=found["machine"][0].span if machines else Span(1, 1),
        )

    def _section(self, statement: Statement) -> Section:
        header = self._one(lines.section, statement) or lines.Header("")
        found = self._sort("a section", statement.block or [])
        units = found.get("ag", []) + found.get("pmu", []) + found.get("pcu", [])
        return Section(
            name=header.name,
            formals=header.formals,
            units=tuple(map(self._unit, sorted(units, key=lambda unit: unit.line))),
            nets=tuple(map(self._net, found.get("net", ()))),
            span=statement.span,
        )

    def _unit(self, statement: Statement) -> Unit:
        header = self._one(lines.unit, statement) or lines.Header("")
        found = self._sort("a unit", statement.block or [])
        return Unit(
            kind=cast(UnitKind, statement.keyword),
            name=header.name,
            place=header.place,
            memories=self._all(lines.memory, found.get("memory")),
            contexts=tuple(map(self._context, found.get("context", ()))),
            span=statement.span,
        )

    def _context(self, statement: Statement) -> Context:
        header = self._one(lines.context, statement) or lines.Header("")
        found = self._sort("a context", statement.block or [])
        counters = self._all(lines.counter, found.get("count"))
        order = {counter.name: rank for rank, counter in enumerate(counters)}
        return Context(
            name=header.name,
            counters=counters,
            inputs=self._all(lines.port, found.get("in")),
            outputs=self._all(lines.port, found.get("out")),
            action=_in_chain_order(self._action(found, statement, header.name), order),
            repeat=next(iter(self._all(lines.repeat, found.get("repeat"))), 1),
            source=header.source,
            span=statement.span,
        )

    def _action(self, found: dict[str, list[Statement]], context: Statement, name: str) -> Action:
        actions: list[Read | Write | Load | Store] = [
            *self._all(lines.read, found.get("read")),
            *self._all(lines.write, found.get("write")),
            *self._all(lines.load, found.get("load")),
            *self._all(lines.store, found.get("store")),
        ]
        operations = self._all(lines.operation, found.get("="))
        drives = self._all(lines.drive, found.get("<-"))
        if len(actions) + bool(operations or drives) > 1:
            need = "one access or a computation"
            accesses = sorted(actions, key=lambda access: access.span.line)
            have = [type(access).__name__.lower() for access in accesses]
            have += ["computation"] * bool(operations or drives)
            text = " and ".join(have)
            self.report(messages.TWO_ACTIONS, context.span, need, text, name=name)
        return actions[0] if actions else Compute(operations, drives)

    def _net(self, statement: Statement) -> Net:
        header = self._one(lines.net, statement) or lines.Header("")
        return Net(
            name=header.name,
            kind=header.kind,
            source=header.output,
            sinks=self._all(lines.sink, self._inner("a net", [statement]).get("to")),
            span=statement.span,
        )

    def _inner(self, block: str, openers: list[Statement] | None) -> dict[str, list[Statement]]:
        body = [inner for opener in openers or () for inner in opener.block or ()]
        return self._sort(block, body)

    def _sort(self, block: str, body: list[Statement]) -> dict[str, list[Statement]]:
        """Group the statements of a block by keyword; report those that do not belong there."""
        found: dict[str, list[Statement]] = {}
        rules = _RULES[block]
        latest = body[0] if body else None
        highest = 0
        for statement in body:
            if self.report.full:
                break
            word = statement.keyword
            rule = rules.get(word)
            if rule is None:
                self._unknown(block, statement)
                continue
            if rule.once and word in found:
                self.report(
                    messages.REPEATED, statement.span, "it once", "it again", word=word, block=block
                )
                continue
            if rule.opens != (statement.block is not None):
                self._misshapen(rule, statement)
                continue
            if rule.rank < highest and latest is not None:
                need = " before ".join(f"'{word}'" for word in (word, latest.keyword))
                have = f"'{latest.keyword}' in line {latest.line}"
                self.report(messages.LATE, statement.span, need, have, word=word, block=block)
            else:
                highest, latest = rule.rank, statement
            found.setdefault(word, []).append(statement)
        return found

    def _unknown(self, block: str, statement: Statement) -> None:
        word = statement.tokens[0].text
        known = [word for word in _RULES[block] if word.isalpha()]
        self.report(
            messages.UNKNOWN_STATEMENT,
            statement.span,
            ", ".join(f"'{word}'" for word in known),
            f"'{word}'",
            hint=suggest(word, known) if self.report.wants_hint else None,
            word=word,
            block=block,
        )

    def _misshapen(self, rule: _Rule, statement: Statement) -> None:
        end = Span(statement.line, statement.tokens[-1].column)
        if rule.opens:
            self.report(messages.NO_BLOCK, end, "'{'", "end of line", word=statement.keyword)
        else:
            self.report(messages.NOT_A_BLOCK, end, "end of line", "'{'", word=statement.keyword)

    def _all(self, line: Callable[[Cursor], T], found: list[Statement] | None) -> tuple[T, ...]:
        values = (self._one(line, statement) for statement in found or ())
        return tuple(value for value in values if value is not None)

    def _one(self, line: Callable[[Cursor], T], statement: Statement) -> T | None:
        """Read one line; report and skip it if it is malformed."""
        if self.report.full:
            return None
        stage = statement.keyword in ("=", "<-")
        try:
            return line(Cursor(statement, 0 if stage else 1))
        except UnexpectedTokenError as found:
            self.report(
                messages.MALFORMED,
                found.span,
                found.need,
                found.have,
                hint=found.hint,
                statement="stage" if stage else f"'{statement.keyword}'",
            )
            return None


def _bare(cursor: Cursor) -> None:
    cursor.take_end()


def _in_chain_order(action: Action, order: dict[str, int]) -> Action:
    match action:
        case Read() | Write() | Update():
            return replace(action, address=_sorted(action.address, order))
        case Load() | Store():
            index = tuple(_sorted(expression, order) for expression in action.index)
            return replace(action, index=index)
        case Compute() | Route():
            return action


def _sorted(expression: Affine, order: dict[str, int]) -> Affine:
    if len(expression.terms) < 2:
        return expression
    terms = sorted(expression.terms, key=lambda term: order.get(term[0], len(order)))
    return Affine(expression.constant, tuple(terms))
