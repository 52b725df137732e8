"""How many values the user says that arguments of a function store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rdu.mlir_ext import ir

DENSITY = "sam.density"
"""Attribute of a function's argument: the share of its values that are stored."""


def densities_of(function: Any, refuse: Callable[..., None]) -> list[float | None]:
    """Return the density of each argument of a function, None where nothing is said.

    What is no number from 0 to 1 is refused.
    """
    attributes = function.attributes
    every: list[Any] = list(attributes["arg_attrs"]) if "arg_attrs" in attributes else []
    found: list[float | None] = [None] * len(function.body.blocks[0].arguments)
    for position, own in enumerate(every):
        for named in _named(own):
            if isinstance(named.attr, ir.FloatAttr) and 0 <= named.attr.value <= 1:
                found[position] = named.attr.value
            else:
                need = "a float from 0 to 1"
                refuse(function, "attribute", name=DENSITY, have=named.attr, need=need)
    return found


def _named(attributes: Sequence[Any]) -> list[Any]:
    return [named for named in attributes if named.name == DENSITY]
