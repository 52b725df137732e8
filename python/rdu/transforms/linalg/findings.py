"""What of a function of linalg no graph of stream primitives computes, found without converting."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count
from typing import Any

from rdu.analysis.sparse.statement import DENSITY
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.locations import source_location
from rdu.support.diagnostics import Diagnostic, error
from rdu.transforms.conversion.linalg.needed import needed_values
from rdu.transforms.conversion.linalg.structured import read_structured
from rdu.transforms.conversion.linalg_to_sam import LinalgToSam
from rdu.transforms.conversion.sparse.matches import problems_of, read_matches
from rdu.transforms.conversion.sparse.reading import Reader
from rdu.transforms.conversion.sparse.tensors import Tensors
from rdu.transforms.linalg.dissolve_views import DissolveViews, has_form
from rdu.transforms.linalg.indices.gathers import extracts
from rdu.transforms.linalg.indices.scatters import SCATTER

_OF_STORAGE = ("block", "order", "accumulated", "repeats")
"""Messages about how tensors are stored, which changes before the conversion."""

_MESSAGES = {**LinalgToSam.messages, "operation": DissolveViews.messages["operation"]}


def unreadable(module: Any) -> list[Diagnostic]:
    """Return what passes up to `linalg-to-sam` would refuse of a module's ops, as they say it.

    Whatever depends on how tensors are stored is left out.
    """
    found: list[Diagnostic] = []

    def refuse(at: Any, key: str, **values: Any) -> None:
        if key in _OF_STORAGE:
            return
        text = _MESSAGES[key].format(**values)
        named = text if isinstance(at, ir.Location) else f"'{at.operation.name}' {text}"
        place = at if isinstance(at, ir.Location) else at.location
        found.append(error(named, source_location(place)))

    for function in defined_functions(module):
        operations = [view.operation for block in function.body.blocks for view in block.operations]
        needed = needed_values(operations)
        reader = Reader(Tensors(DENSITY, [None] * len(operations), count()), refuse)
        for operation in operations:
            if (matched := read_matches(operation)) is not None:
                for key, values in problems_of(matched):
                    if not _is_long(values):  # as they may be until `linalg-narrow-positions`
                        refuse(operation, key, **values)
                continue
            if extracts(operation) or _widens(operation):  # said by `linalg-match-indices`
                continue
            if operation.name != SCATTER and not has_form(operation) and _is_any(operation, needed):
                refuse(operation, "operation")
                continue
            op = read_structured(operation) if operation.name.startswith("linalg.") else None
            for number, value in enumerate(operation.results if op else ()):
                if op is not None and value in needed and operation.name != "linalg.fill":
                    reader.read(op, number)
    return found


def _is_long(values: dict[str, Any]) -> bool:
    """Tell whether what is wrong is that a tensor is of i64."""
    return str(getattr(values.get("have"), "element_type", "")) == "i64"


def _is_any(operation: ir.Operation, needed: Collection[ir.Value]) -> bool:
    return any(result in needed for result in operation.results)


def _widens(operation: ir.Operation) -> bool:
    """Tell whether an op only casts a tensor to i64, as those of indices are."""
    if operation.name != "linalg.generic":
        return False
    inside = [view.operation.name for view in operation.regions[0].blocks[0].operations]
    return inside == ["arith.extsi", "linalg.yield"]
