"""Which statements a block takes and in which order; sorting those that it has."""

from __future__ import annotations

from dataclasses import dataclass

from rdu.configuration import messages, sparse
from rdu.configuration.lexer import Statement
from rdu.configuration.model import Span
from rdu.configuration.primitives import FORMS
from rdu.configuration.report import Report
from rdu.support.diagnostics import suggest


@dataclass(frozen=True, slots=True)
class _Rule:
    """Where a statement may stand in its block: not before those of higher rank."""

    rank: int
    opens: bool = False
    once: bool = False


_UNIT = _Rule(0, opens=True)
_ACCESSES = ("load", "store", "read", "write", "update", *FORMS, *sparse.FORMS)

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
        **dict.fromkeys(_ACCESSES, _Rule(4)),
        "=": _Rule(5),
        "<-": _Rule(6),
    },
    "a net": {"to": _Rule(0)},
    "the host": {"run": _Rule(0)},
}


def sort(block: str, body: list[Statement], report: Report) -> dict[str, list[Statement]]:
    """Group the statements of a block by keyword; report those that do not belong there."""
    found: dict[str, list[Statement]] = {}
    rules = _RULES[block]
    latest = body[0] if body else None
    highest = 0
    for statement in body:
        if report.full:
            break
        word = statement.keyword
        rule = rules.get(word)
        if rule is None:
            _report_unknown(block, statement, report)
            continue
        if rule.once and word in found:
            report(messages.REPEATED, statement.span, "it once", "it again", word=word, block=block)
            continue
        if rule.opens != (statement.block is not None):
            _report_shape(rule, statement, report)
            continue
        if rule.rank < highest and latest is not None:
            need = " before ".join(f"'{word}'" for word in (word, latest.keyword))
            have = f"'{latest.keyword}' in line {latest.line}"
            report(messages.LATE, statement.span, need, have, word=word, block=block)
        else:
            highest, latest = rule.rank, statement
        found.setdefault(word, []).append(statement)
    return found


def _report_unknown(block: str, statement: Statement, report: Report) -> None:
    word = statement.tokens[0].text
    known = [word for word in _RULES[block] if word.isalpha()]
    report(
        messages.UNKNOWN_STATEMENT,
        statement.span,
        ", ".join(f"'{word}'" for word in known),
        f"'{word}'",
        hint=suggest(word, known) if report.wants_hint else None,
        word=word,
        block=block,
    )


def _report_shape(rule: _Rule, statement: Statement, report: Report) -> None:
    end = Span(statement.line, statement.tokens[-1].column)
    if rule.opens:
        report(messages.NO_BLOCK, end, "'{'", "end of line", word=statement.keyword)
    else:
        report(messages.NOT_A_BLOCK, end, "end of line", "'{'", word=statement.keyword)
