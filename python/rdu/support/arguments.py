"""Arguments of Python's interface that are not what they should be: UsageError says which."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from rdu.support.diagnostics import UsageError

MOST = 2**31 - 1
"""The greatest number of anything: what an index of 32 bits can count."""


def whole(name: str, value: object, least: int = 0, otherwise: Sequence[str] = ()) -> int:
    """Return an integer of Python's or NumPy's from `least` on as one of Python's.

    Raises UsageError for anything else; `otherwise` are words that might stand there as well.
    """
    try:
        number = operator.index(cast("Any", value))
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or not least <= number <= MOST:
        need = " or ".join([f"a whole number from {least} to {MOST}", *map(repr, otherwise)])
        raise UsageError(f"'{name}' is {value!r}: expected {need}")
    return number


def listed(name: str, value: object) -> Iterable[Any]:
    """Return what can be gone through, texts apart; raises UsageError for anything else."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise UsageError(f"'{name}' is {value!r}: expected several, in a list")
    return cast("Iterable[Any]", value)


def one_of(name: str, value: object, choices: Sequence[str]) -> None:
    """Raise UsageError for what is not among the choices."""
    if not isinstance(value, str) or value not in choices:
        need = " or ".join(map(repr, choices))
        raise UsageError(f"'{name}' is {value!r}: expected {need}")


def text(name: str, value: object) -> None:
    """Raise UsageError for what is no text."""
    if not isinstance(value, str):
        raise UsageError(f"'{name}' is {value!r}: expected a text")


def by_name(name: str, value: object, what: str) -> None:
    """Raise UsageError for what is no mapping from names."""
    if not isinstance(value, Mapping):
        raise UsageError(f"'{name}' is {value!r}: expected {what} by name")
    for key in cast("Mapping[Any, Any]", value):
        if not isinstance(key, str):
            raise UsageError(f"'{name}' has {key!r} for a name: expected a text")
