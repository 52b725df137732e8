"""Names that the text of a configuration can spell."""

import re

from rdu.codegen.errors import Errors
from rdu.configuration.cursor import RESERVED
from rdu.mlir_ext import ir

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_PATH = re.compile(r"(\d+\.)*[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*", re.ASCII)

VALUE_NAME = "rdu.name"
"""Attribute of an op that says how the configuration calls its result, if not `v0`, `v1`, ..."""


def is_name(text: str) -> bool:
    """Whether a unit, context, port, counter, memory, section, net or value can be called so."""
    return _NAME.fullmatch(text) is not None and text not in RESERVED


def is_path(text: str) -> bool:
    """Whether a tensor or formal can be called so: names joined by dots."""
    return _PATH.fullmatch(text) is not None and text not in RESERVED


def check_name(op: ir.OpView, name: str, errors: Errors) -> None:
    """Report an op whose name, or whose counter's or port's, is none."""
    if not is_name(name):
        errors.at(op, "name", have=name, need="letters, digits and '_'")
