"""Reports read back from their JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from rdu.report.bottleneck import BOTTLENECKS
from rdu.report.overall import OVERALL, SECTIONS
from rdu.report.path import PATH
from rdu.report.table import Column, Row
from rdu.report.traffic import TIERS
from rdu.report.where import CONTEXTS, WAITS
from rdu.support.diagnostics import RduError, SourceLocation, error

Saved = Mapping[str, Sequence[Row]]
"""The rows of each table by its key."""

NEEDED = {
    "overall": OVERALL,
    "bottlenecks": BOTTLENECKS,
    "sections": SECTIONS,
    "contexts": CONTEXTS,
    "waits": WAITS,
    "tiers": TIERS,
}
OPTIONAL = {"path": PATH}
"""The tables that can be compared, and their columns."""


def read_report(text: str, file: str) -> Saved:
    """Return the tables of a report that `rdu-sim --json` wrote.

    Raises:
        RduError: the text is no JSON, or not that of a report.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as failure:
        line = getattr(failure, "lineno", 0)
        where = SourceLocation(file, line, getattr(failure, "colno", 0))
        reason = getattr(failure, "msg", "it is nested too deeply")
        raise RduError(error(f"malformed JSON: {reason}", where)) from None
    tables = _object(data) or {}
    wanted = NEEDED | {key: columns for key, columns in OPTIONAL.items() if key in tables}
    for key, columns in wanted.items():
        if problem := _problem(tables.get(key), columns):
            message = f"not a report of rdu-sim --json: table '{key}' {problem}"
            raise RduError(error(message, SourceLocation(file)))
    if not tables["overall"]:
        message = "not a report of rdu-sim --json: table 'overall' is empty"
        raise RduError(error(message, SourceLocation(file)))
    return {key: tables[key] for key in wanted}


def _problem(rows: Any, columns: Sequence[Column]) -> str | None:
    """Say what is wrong with the rows of a table; None if nothing is."""
    if not isinstance(rows, list):
        return "is missing"
    for row in map(_object, cast("list[Any]", rows)):
        if row is None:
            return "has a row that is no object"
        for column in columns:
            if column.key not in row:
                return f"has a row without '{column.key}'"
            kinds = str if column.form == "text" else (int, float)
            if row[column.key] is not None and not isinstance(row[column.key], kinds):
                return f"has a '{column.key}' of the wrong type"
    return None


def _object(data: Any) -> dict[str, Any] | None:
    return cast("dict[str, Any]", data) if isinstance(data, dict) else None
