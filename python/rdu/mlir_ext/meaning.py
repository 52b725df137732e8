"""The registry of executable meanings: op name to the function that computes it.

A dialect's meanings live beside it (`rdu/dialects/<name>/meaning.py`) and work on NumPy values; the
interpreter that calls them fixes their signature. The registry only keeps them.
"""

from collections.abc import Callable
from typing import Any, TypeVar

Meaning = TypeVar("Meaning", bound=Callable[..., Any])

MEANINGS: dict[str, Callable[..., Any]] = {}
"""Every registered meaning, by op name (`sam.reduce`)."""


def semantics(*operations: "type[Any] | str") -> Callable[[Meaning], Meaning]:
    """Register the decorated function as the meaning of ops, given as classes or names.

    Raises ValueError if one of them has a meaning already.
    """

    def register(function: Meaning) -> Meaning:
        for operation in operations:
            name = operation if isinstance(operation, str) else operation.OPERATION_NAME
            if name in MEANINGS:
                raise ValueError(f"op '{name}' has an executable meaning already")
            MEANINGS[name] = function
        return function

    return register
