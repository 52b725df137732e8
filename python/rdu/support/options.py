"""Typed options declared once: dataclass fields that know their help, default and range.

The same declaration parses text (`max-ops=4`), prints it back, and fills `--help` and the docs.
"""

import dataclasses
import types
from collections.abc import Mapping, Sequence
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from rdu.support.diagnostics import suggest

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class OptionError(ValueError):
    """An option's name or value is wrong; `hint` says what might have been meant."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def option(
    default: Any,
    *,
    help: str,
    min: float | None = None,
    max: float | None = None,
    choices: Sequence[str] = (),
) -> Any:
    """Declare an option: a field of a frozen dataclass.

    Args:
        default: the value when the option is not given; a tuple for a list option.
        help: one line, for `--help-pass` and the docs.
        min: least value allowed, for numbers (for a list: for each element).
        max: greatest value allowed.
        choices: the words allowed, for strings.
    """
    metadata = {"help": help, "min": min, "max": max, "choices": tuple(choices)}
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True, slots=True)
class OptionSpec:
    """One option as declared: its name in text (`max-ops`), type, default and limits."""

    name: str
    field: str
    type: Any
    default: Any
    help: str
    limits: str

    def render(self) -> str:
        """Return the option with type, default and limits in one line."""
        limits = f", {self.limits}" if self.limits else ""
        return f"{self.name}: {type_words(self.type)} (default {to_text(self.default)}{limits})"


def specs(options: type) -> tuple[OptionSpec, ...]:
    """List the options that a dataclass declares, in order."""
    hints = get_type_hints(options)
    return tuple(
        OptionSpec(
            field.name.replace("_", "-"),
            field.name,
            hints[field.name],
            field.default,
            field.metadata.get("help", ""),
            _limits(field.metadata),
        )
        for field in dataclasses.fields(options)
    )


def build(options: type, given: Mapping[str, str]) -> Any:
    """Build an options dataclass from texts by option name (`{"max-ops": "4"}`).

    Raises OptionError for an unknown name, or a value that does not parse or is out of range.
    """
    hints = get_type_hints(options)
    declared = {field.name.replace("_", "-"): field for field in dataclasses.fields(options)}
    values: dict[str, Any] = {}
    for name, text in given.items():
        field = declared.get(name)
        if field is None:
            known = ", ".join(f"'{n}'" for n in declared) or "none"
            raise OptionError(
                f"option '{name}' is unknown: expected {known}", suggest(name, declared)
            )
        values[field.name] = check(name, _parse(name, hints[field.name], text), field.metadata)
    return options(**values)


def check(name: str, value: Any, metadata: Mapping[str, Any]) -> Any:
    """Return `value` if it is within the declared limits; raises OptionError if not."""
    for element in _elements(value):
        low, high, choices = (metadata.get(k) for k in ("min", "max", "choices"))
        if choices and element not in choices:
            raise OptionError(
                f"option '{name}' is '{element}': expected {_one_of(choices)}",
                suggest(str(element), choices),
            )
        if element is None or isinstance(element, str):
            continue
        if (low is not None and element < low) or (high is not None and element > high):
            raise OptionError(f"option '{name}' is {element}: expected {_limits(metadata)}")
    return value


def to_text(value: Any) -> str:
    """Write an option's value as `build` reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(to_text(element) for element in _elements(value))
    return "none" if value is None else str(value)


def differing(options: Any) -> dict[str, str]:
    """Return the options that differ from their defaults, as texts by option name."""
    return {
        spec.name: to_text(getattr(options, spec.field))
        for spec in specs(options.__class__)
        if getattr(options, spec.field) != spec.default
    }


def type_words(kind: Any) -> str:
    """Say an option's type in words."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is tuple:
        return f"list of {type_words(parts[0])}"
    if origin in (Union, types.UnionType):
        return " or ".join(type_words(part) for part in parts)
    words = {int: "integer", float: "number", bool: "true or false", str: "text"}
    return words.get(kind, "none")


def _elements(value: Any) -> tuple[Any, ...]:
    return cast("tuple[Any, ...]", value) if isinstance(value, tuple) else (value,)


def _parse(name: str, kind: Any, text: str) -> Any:
    origin, parts = get_origin(kind), get_args(kind)
    if origin is tuple:
        return tuple(_parse(name, parts[0], part) for part in text.split(",") if part)
    if origin in (Union, types.UnionType):
        plain = [part for part in parts if part is not type(None)]
        return None if text == "none" else _parse(name, plain[0], text)
    try:
        return _BOOLEANS[text] if kind is bool else kind(text)
    except (ValueError, KeyError):
        raise OptionError(f"option '{name}' is '{text}': expected {type_words(kind)}") from None


def _limits(metadata: Mapping[str, Any]) -> str:
    low, high, choices = (metadata.get(k) for k in ("min", "max", "choices"))
    if choices:
        return _one_of(choices)
    if low is not None and high is not None:
        return f"{low} to {high}"
    if low is not None:
        return f"at least {low}"
    return f"at most {high}" if high is not None else ""


def _one_of(choices: Sequence[str]) -> str:
    return " or ".join(f"'{choice}'" for choice in choices)
