"""Reading a configuration: one statement a line, every mistake reported.

A hand-written reader of the language of `grammar.lark`, against which it is tested: the text of a
model has thousands of lines. A malformed line is reported and skipped, so that the rest is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from rdu.configuration import messages, sparse
from rdu.configuration.blocks import sort
from rdu.configuration.chain_order import Order, action_in_order, order_of, port_in_order
from rdu.configuration.cursor import Cursor, UnexpectedTokenError
from rdu.configuration.lexer import Statement, statements
from rdu.configuration.model import (
    Action,
    Compute,
    Context,
    Net,
    Port,
    Program,
    Section,
    Span,
    Unit,
    UnitKind,
)
from rdu.configuration.primitives import FORMS
from rdu.configuration.report import Report
from rdu.configuration.statements import actions, chains, declarations, nets
from rdu.configuration.statements.parts import Header
from rdu.support.text_files import decode

T = TypeVar("T")

_ACCESSES: dict[str, Callable[[Cursor], Action]] = {
    "read": actions.read,
    "write": actions.write,
    "update": actions.update,
    "load": actions.load,
    "store": actions.store,
    **dict.fromkeys(FORMS, actions.primitive),
    **dict.fromkeys(sparse.FORMS, actions.sparse),
}
"""What a context does in one line, by the line's keyword."""


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
        self._all(declarations.version, found.get("rdu"))
        machines = self._all(declarations.machine, found.get("machine"))
        name, digest = machines[0] if machines else ("", None)
        for host in found.get("host", ()):
            self._one(declarations.bare, host)
        runs = self._inner("the host", found.get("host")).get("run")
        return Program(
            machine=name,
            machine_hash=digest,
            tensors=self._all(declarations.tensor, found.get("tensor")),
            sections=tuple(map(self._section, found.get("section", ()))),
            host=self._all(declarations.run, runs),
            file=self.report.file,
            span=found["machine"][0].span if machines else Span(1, 1),
        )

    def _section(self, statement: Statement) -> Section:
        header = self._one(declarations.section, statement) or Header("")
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
        header = self._one(declarations.unit, statement) or Header("")
        found = self._sort("a unit", statement.block or [])
        return Unit(
            kind=cast(UnitKind, statement.keyword),
            name=header.name,
            place=header.place,
            memories=self._all(declarations.memory, found.get("memory")),
            contexts=tuple(map(self._context, found.get("context", ()))),
            span=statement.span,
        )

    def _context(self, statement: Statement) -> Context:
        header = self._one(declarations.context, statement) or Header("")
        found = self._sort("a context", statement.block or [])
        repeats = self._all(chains.repeat, found.get("repeat"))
        counters = self._all(chains.counter, found.get("count"))
        inputs = self._all(chains.input_port, found.get("in"))
        outputs = self._all(chains.output_port, found.get("out"))
        action = self._action(found, statement, header.name)
        order = order_of(counters, inputs)
        return Context(
            name=header.name,
            counters=counters,
            inputs=_in_order(inputs, order),
            outputs=_in_order(outputs, order),
            action=action_in_order(action, order),
            repeat=repeats[0].times if repeats else 1,
            source=header.source,
            span=statement.span,
        )

    def _action(self, found: dict[str, list[Statement]], context: Statement, name: str) -> Action:
        kinds = found.keys() & _ACCESSES.keys()
        accesses = [a for kind in kinds for a in self._all(_ACCESSES[kind], found[kind])]
        operations = self._all(actions.operation, found.get("="))
        drives = self._all(actions.drive, found.get("<-"))
        if len(accesses) + bool(operations or drives) > 1:
            need = "one access, stream primitive or computation"
            lines = sorted((line.line, kind) for kind in kinds for line in found[kind])
            have = [kind for _, kind in lines] + ["computation"] * bool(operations or drives)
            text = " and ".join(have)
            self.report(messages.TWO_ACTIONS, context.span, need, text, name=name)
        return accesses[0] if accesses else Compute(operations, drives)

    def _net(self, statement: Statement) -> Net:
        header = self._one(nets.net, statement) or Header("")
        return Net(
            name=header.name,
            kind=header.kind,
            source=header.output,
            sinks=self._all(nets.sink, self._inner("a net", [statement]).get("to")),
            span=statement.span,
        )

    def _inner(self, block: str, openers: list[Statement] | None) -> dict[str, list[Statement]]:
        body = [inner for opener in openers or () for inner in opener.block or ()]
        return self._sort(block, body)

    def _sort(self, block: str, body: list[Statement]) -> dict[str, list[Statement]]:
        return sort(block, body, self.report)

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


def _in_order(ports: tuple[Port, ...], order: Order) -> tuple[Port, ...]:
    return tuple(port_in_order(port, order) for port in ports)
