"""The names that a text has for values: MLIR forgets them, but says where each stood."""

from __future__ import annotations

import re
from typing import Any

from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import defined_functions

_NAME = re.compile(r"%([\w$.-]+)")
_RESULT = re.compile(r"%([\w$.-]+)\s*=\s*$")


def keep_written_names(module: Any, text: str) -> None:
    """Give arguments of functions, and ops of one result, the names that they have in a text.

    Arguments get theirs as `rdu.name`, unless they have one, ops in their locations. What stands
    elsewhere than in `text`, from which the module was parsed, or has no name there, stays.
    """
    lines = text.splitlines()
    for function in defined_functions(module):
        _name_arguments(function, lines)
        for block in function.body.blocks:
            for operation in [view.operation for view in block.operations]:
                name = _before(operation.location, lines)
                if name and len(operation.results) == 1:
                    with operation.context:
                        operation.location = ir.Location.name(name, operation.location)


def _name_arguments(function: Any, lines: list[str]) -> None:
    with function.context:
        given = list(function.attributes.get("arg_attrs") or ())
        entries: list[ir.Attribute] = []
        for number, argument in enumerate(function.body.blocks[0].arguments):
            own: Any = given[number] if number < len(given) else ir.DictAttr.get({})
            name = _at(argument.location, lines)
            if name and "rdu.name" not in own:
                kept = {each.name: each.attr for each in own}
                own = ir.DictAttr.get({**kept, "rdu.name": ir.StringAttr.get(name)})
            entries.append(own)
        if entries:
            function.attributes["arg_attrs"] = ir.ArrayAttr.get(entries)


def _at(location: ir.Location, lines: list[str]) -> str | None:
    """Return the name that begins at a location."""
    line, column = _place(location, lines)
    found = _NAME.match(line, column)
    return found[1] if found else None


def _before(location: ir.Location, lines: list[str]) -> str | None:
    """Return the name of the result of an op at a location."""
    line, column = _place(location, lines)
    found = _RESULT.search(line[:column])
    return found[1] if found else None


def _place(location: ir.Location, lines: list[str]) -> tuple[str, int]:
    """Return the line of a location and the position in it, an empty one if it is none of these."""
    if not isinstance(location, ir.FileLineColLoc) or location.start_line > len(lines):
        return "", 0
    return lines[location.start_line - 1], location.start_col - 1
