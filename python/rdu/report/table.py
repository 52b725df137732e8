"""A table declared once: it prints as text and gives the same numbers as JSON."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table as RichTable

Value = int | float | str | None
Row = Mapping[str, Value]

TEXT_WIDTH = 1000
"""Wider than any table: nothing is folded, so that names can be searched for."""


def _count(value: Any) -> str:
    return f"{value:,}"


def _change(value: Any) -> str:
    return f"{value:+,}"


def _decimal(value: Any) -> str:
    return f"{value:,.1f}"


def _factor(value: Any) -> str:
    return f"{value:,.2f} x"


def _percent(value: Any) -> str:
    return f"{100 * value:.1f} %"


def _scientific(value: Any) -> str:
    return f"{value:.2e}"


FORMS: dict[str, Callable[[Any], str]] = {
    "change": _change,
    "count": _count,
    "decimal": _decimal,
    "factor": _factor,
    "percent": _percent,
    "scientific": _scientific,
    "text": str,
}
"""How a value prints, by the form of its column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in JSON, heading, meaning (for the documentation) and form."""

    key: str
    heading: str
    meaning: str
    form: str = "count"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report.

    `rows` hold every value in full. In text, `shown` limits how many of them print, the first
    ones; columns that hold nothing but zeros and missing values are left out; and a table of one
    row prints as two columns, one line for each value.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    shown: int | None = None

    def to_data(self) -> list[dict[str, Value]]:
        """Return all rows as plain data, keys in the order of the columns."""
        return [{column.key: row[column.key] for column in self.columns} for row in self.rows]

    def to_rich(self) -> RichTable:
        """Return the table for a rich console."""
        return self._upright() if len(self.rows) == 1 else self._wide()

    def _wide(self) -> RichTable:
        table = RichTable(title=self._full_title(), title_justify="left", box=box.SIMPLE)
        columns = [c for c in self.columns if any(row[c.key] for row in self.rows)]
        for column in columns:
            justify = "left" if column.form == "text" else "right"
            table.add_column(column.heading, justify=justify, no_wrap=True)
        for row in self.rows[: self.shown]:
            table.add_row(*(cell(row[column.key], column) for column in columns))
        return table

    def _upright(self) -> RichTable:
        table = RichTable(title=self.title, title_justify="left", box=box.SIMPLE, show_header=False)
        for column in self.columns:
            if (value := self.rows[0][column.key]) is not None:
                table.add_row(column.heading, cell(value, column))
        return table

    def _full_title(self) -> str:
        if self.shown is None or self.shown >= len(self.rows):
            return self.title
        return f"{self.title} ({self.shown} of {len(self.rows)})"


def cell(value: Value, column: Column) -> str:
    """Return the text of a value in a column; a missing value is a dash."""
    return "-" if value is None else FORMS[column.form](value)


def render(tables: tuple[Table, ...]) -> str:
    """Return tables as plain text, without colour, of the same bytes everywhere."""
    console = Console(file=io.StringIO(), width=TEXT_WIDTH, color_system=None, legacy_windows=False)
    for table in tables:
        if table.rows[: table.shown]:
            console.print(table.to_rich())
    text: Any = console.file
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
