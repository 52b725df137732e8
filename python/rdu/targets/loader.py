"""Reading machine files: every number checked for its key, unit and range."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from rdu.support.diagnostics import Collector, ExitCode, RduError, SourceLocation, error, suggest
from rdu.targets.machine import Machine, Row
from rdu.targets.parameters import (
    Ag,
    Fifo,
    Grid,
    Network,
    Number,
    Parameter,
    Pcu,
    Pmu,
    Sparse,
    Systolic,
    Tier,
    parameters_of,
)
from rdu.targets.relations import broken_relations

Override = int | float | Fraction | str

GROUPS: dict[str, type[Any]] = {
    "grid": Grid,
    "pcu": Pcu,
    "systolic": Systolic,
    "sparse": Sparse,
    "pmu": Pmu,
    "ag": Ag,
    "fifo": Fifo,
    "network": Network,
}
"""The tables of a machine file; besides, `machine` holds what belongs to the machine itself, and
each table under `tiers` is a memory tier."""

OPTIONAL = frozenset({"grid", "systolic", "sparse"})
"""The tables that may be absent."""

ENTRY_KEYS = frozenset({"value", "unit", "source", "assumed"})

_DIRECTORY = Path(__file__).parent


def machine_names() -> tuple[str, ...]:
    """Return the names of the machines that come with the package."""
    return tuple(sorted(path.stem for path in _DIRECTORY.glob("*.toml")))


def load_machine(name_or_path: str, overrides: Mapping[str, Override] | None = None) -> Machine:
    """Load a machine by name or from a file, with some parameters overridden.

    Args:
        name_or_path: a name of `machine_names()`, or a path that ends in `.toml`.
        overrides: value by key, as in `{"dram.latency": 100, "dram.bytes_per_cycle": "19.2"}`;
            keys are those of `Machine.rows`.

    Raises:
        RduError: unknown machine, malformed file (all its errors), or unknown or illegal override
            (exit code 2).
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = _DIRECTORY / f"{name_or_path}.toml"
        if name_or_path not in machine_names():
            known = machine_names()
            listed = ", ".join(f"'{name}'" for name in known)
            message = f"unknown machine '{name_or_path}': expected one of {listed}, or a .toml file"
            raise RduError(error(message, hint=suggest(name_or_path, known)), ExitCode.USAGE)
        if not overrides:
            return _as_packaged(path)
    return _Reader(path).machine(overrides or {})


@cache
def _as_packaged(path: Path) -> Machine:
    """Read a machine that comes with the package, once: every pass that is told of one asks."""
    return _Reader(path).machine({})


class _Reader:
    """Reads one machine file, gathering everything that is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.errors = Collector()
        try:
            self.text = path.read_text(encoding="utf-8")
            self.data = tomllib.loads(self.text, parse_float=_exact)
        except OSError as failure:
            reason = failure.strerror or "it cannot be read"
            raise RduError(error(f"machine file '{path}': {reason.lower()}")) from failure
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
            raise RduError(
                error(f"not a TOML file: {failure}", SourceLocation(str(path)))
            ) from None

    def machine(self, overrides: Mapping[str, Override]) -> Machine:
        declared = {key: parameter for key, _, _, parameter in self.declarations()}
        self.unknown_keys(declared)
        rows = [self.row(*d) for d in self.declarations()]
        name = self.text_of("name")
        summary = self.text_of("summary")
        self.errors.check()
        machine = _build(name, summary, [row for row in rows if row is not None], declared)
        for key, message in broken_relations(machine):
            self.error(message, *self.place_of(key))
        self.errors.check()
        changed = _overridden(machine.rows, declared, overrides)
        if changed == machine.rows:
            return machine
        machine = _build(name, summary, changed, declared)
        for _, message in broken_relations(machine):
            self.errors.error(message)
        self.errors.check(ExitCode.USAGE)
        return machine

    def declarations(self) -> Iterator[tuple[str, str, str, Parameter]]:
        """Yield (key, table, field, declaration) of every parameter that the machine has."""
        for field, parameter in parameters_of(Machine).items():
            yield field, "machine", field, parameter
        tables: dict[str, tuple[str, type[Any]]] = {
            group: (group, cls)
            for group, cls in GROUPS.items()
            if group in self.data or group not in OPTIONAL
        }
        for tier in _table(self.data, "tiers"):
            tables[tier] = (f"tiers.{tier}", Tier)
        for prefix, (table, cls) in tables.items():
            for field, parameter in parameters_of(cls).items():
                yield f"{prefix}.{field}", table, field, parameter

    def unknown_keys(self, declared: Mapping[str, Parameter]) -> None:
        """Report tables and entries that no declaration asks for."""
        top = {"name", "summary", "sources", "machine", "tiers", *GROUPS}
        for name in self.data:
            if name not in top:
                self.error(f"unknown table '{name}'", name, "", hint=suggest(name, top))
        for tier in _table(self.data, "tiers"):
            if tier in GROUPS:
                self.error(f"tier '{tier}' has the name of another table", f"tiers.{tier}", "")
        for prefix, table in (
            *((group, group) for group in GROUPS),
            ("", "machine"),
            *((tier, f"tiers.{tier}") for tier in _table(self.data, "tiers")),
        ):
            for field in _table(self.data, table):
                key = f"{prefix}.{field}" if prefix else field
                if key not in declared:
                    self.error(f"unknown key '{key}'", table, field, hint=suggest(key, declared))

    def row(self, key: str, table: str, field: str, parameter: Parameter) -> Row | None:
        """Return a checked parameter; None if its default holds, or after reporting an error."""
        given = _table(self.data, table)
        if field not in given and parameter.default is not None:
            return None
        if field not in given:
            return self.error(f"'{key}' is missing: expected {parameter.expected}", table, field)
        entry = _table(given, field)
        if not {"value", "unit", "source"} <= entry.keys():
            form = '{ value = ..., unit = "...", source = "..." }'
            return self.error(f"'{key}' is not a described number: expected {form}", table, field)
        if extra := sorted(entry.keys() - ENTRY_KEYS):
            return self.error(f"'{key}' has an unknown entry '{extra[0]}'", table, field)
        if entry["unit"] != parameter.unit:
            expected = f"expected '{parameter.unit}', got '{entry['unit']}'"
            return self.error(f"'{key}' has the wrong unit: {expected}", table, field)
        value = _checked(entry["value"], parameter)
        if value is None:
            expected = f"expected {parameter.expected}, got {entry['value']}"
            return self.error(f"'{key}' is out of range: {expected}", table, field)
        source = str(entry["source"])
        name, colon, rest = source.partition(":")
        named = _table(self.data, "sources").get(name)
        text = f"{named}{colon}{rest}" if named else source
        assumed = bool(entry.get("assumed", False))
        return Row(key, value, parameter.unit, text, assumed, parameter.meaning)

    def text_of(self, name: str) -> str:
        value = self.data.get(name)
        if not isinstance(value, str):
            self.error(f"'{name}' is missing: expected a text", "", name)
            return ""
        return value

    def error(self, message: str, table: str, field: str, hint: str | None = None) -> None:
        self.errors.error(message, self.locate(table, field), hint=hint)

    def place_of(self, key: str) -> tuple[str, str]:
        """Return the table and the field of a key."""
        return next(
            (table, field) for known, table, field, _ in self.declarations() if known == key
        )

    def locate(self, table: str, field: str) -> SourceLocation:
        """Find the line of a field, or else of its table, or else of nothing."""
        current, table_line = "", 0
        for number, line in enumerate(self.text.splitlines(), 1):
            head = line.split("#")[0].strip()
            if head.startswith("["):
                current = head.strip("[] ")
                table_line = number if current == table else table_line
            elif current == table and field and head.split("=")[0].strip() == field:
                return SourceLocation(str(self.path), number, 1)
        return SourceLocation(str(self.path), table_line, 1 if table_line else 0)


def _exact(text: str) -> Number:
    """Read a TOML float without rounding: `12.8` is 64/5."""
    return math.inf if text.lstrip("+") == "inf" else Fraction(text)


def _table(data: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return the table at a dotted path, empty if there is none."""
    for name in path.split("."):
        found = data.get(name)
        data = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    return dict(data)


def _checked(value: object, parameter: Parameter) -> Number | None:
    """Return the value in its declared form, None if it is not legal."""
    if isinstance(value, str):
        return _checked_text(value, parameter)
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        return None
    if value == math.inf:
        return math.inf if parameter.unbounded else None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    number = Fraction(str(value))
    if not parameter.admits(number):
        return None
    return number if parameter.rational else int(number)


def _checked_text(text: str, parameter: Parameter) -> Number | None:
    try:
        return _checked(_exact(text), parameter)
    except (ValueError, ZeroDivisionError):
        return None


def _overridden(
    rows: tuple[Row, ...], declared: Mapping[str, Parameter], overrides: Mapping[str, Override]
) -> tuple[Row, ...]:
    """Return the rows with some values replaced; one that had its default gets a row."""
    errors = Collector()
    known = {row.key: row for row in rows}
    for key, given in overrides.items():
        if key not in declared:
            errors.error(f"unknown machine parameter '{key}'", hint=suggest(key, declared))
            continue
        parameter = declared[key]
        value = _checked(given, parameter)
        if value is None:
            form = f"expected {parameter.expected} {parameter.unit}, got {given}"
            errors.error(f"machine parameter '{key}' is out of range: {form}")
            continue
        before = known[key].value if key in known else parameter.default
        if value != before:
            source = f"override of {before}"
            known[key] = Row(key, value, parameter.unit, source, True, parameter.meaning)
    errors.check(ExitCode.USAGE)
    return tuple(known[key] for key in declared if key in known)


def _build(
    name: str, summary: str, rows: Sequence[Row], declared: Mapping[str, Parameter]
) -> Machine:
    values: dict[str, Any] = {row.key: row.value for row in rows}
    tables = dict.fromkeys(key.partition(".")[0] for key in values if "." in key)

    def group(cls: Callable[..., Any], prefix: str) -> Any:
        keys = {field: f"{prefix}.{field}" for field in parameters_of(cls)}
        return cls(**{field: values[key] for field, key in keys.items() if key in values})

    return Machine(
        name=name,
        summary=summary,
        **{
            prefix: group(cls, prefix) if prefix in tables else None
            for prefix, cls in GROUPS.items()
        },
        tiers=MappingProxyType({tier: group(Tier, tier) for tier in tables if tier not in GROUPS}),
        rows=tuple(rows),
        hash=_hash(name, {k: v for k, v in values.items() if v != declared[k].default}),
        **{field: values[field] for field in parameters_of(Machine)},
    )


def _hash(name: str, values: Mapping[str, Number]) -> str:
    """Return the digest of what a machine is: its name and numbers, not where they come from.

    A number that has its default is left out: to write it down changes nothing.
    """
    lines = [name, *(f"{key} = {value}" for key, value in sorted(values.items()))]
    return f"sha256:{hashlib.sha256('|'.join(lines).encode()).hexdigest()}"
