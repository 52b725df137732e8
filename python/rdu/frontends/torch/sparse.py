"""Import of PyTorch models some of whose tensors are sparse: types of linalg with encodings.

An input that is a sparse tensor of PyTorch is stored in its own layout. Weights, other inputs and
results on the way are stored as the user says, by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from rdu.frontends.sparse.notation.formats import encoding_text
from rdu.frontends.sparse.torch_tensors import from_torch
from rdu.frontends.torch.formats import (
    LAYOUTS,
    FormatLike,
    encoding,
    group_problem,
    layout_of,
    most_in_group,
)
from rdu.frontends.torch.importer import import_module
from rdu.frontends.torch.lines import mark
from rdu.frontends.torch.model import ImportedModel
from rdu.mlir_ext import ir
from rdu.mlir_ext.locations import file_locations
from rdu.support.diagnostics import Collector, suggest

if TYPE_CHECKING:
    import torch

FORMAT = "sam.format"
"""Attribute of an op of linalg: the sparse encoding of its result."""

DENSITY = "sam.density"
"""Attribute of a function's argument: the share of its values that are stored."""


def import_sparse(
    model: torch.nn.Module,
    example_args: Sequence[torch.Tensor],
    formats: Mapping[str, FormatLike] | None = None,
    *,
    keep_strangers: bool = False,
) -> ImportedModel:
    """Import a PyTorch model whose inputs may be sparse, and store tensors as is said.

    Args:
        model: a module whose `forward` takes and returns tensors of f32 or i32 with static shapes;
            what it takes, and its buffers, may be of i64, which are narrowed.
        example_args: one tensor for each argument of `forward`, of any layout. How many values they
            store decides how they are expected to be worked with, not what is computed.
        formats: how tensors are stored, as `rdu.frontends.torch.formats.encoding` reads it, by the
            name of a weight (`layer.weight`) or argument (`adjacency`), for several of them by a
            pattern (`*.weight`); for results by the name of the node in the exported graph
            (`relu_1`) or by `file.py:line`, which is that of the last op on the line; zeros that
            are computed are then not stored in a compressed level at the end.
        keep_strangers: as of `import_module`.

    Returns:
        The model, with sparse encodings in the types of `@main`, `sam.density` on its encoded
        arguments, and `sam.format` on ops whose result is to be stored in a format.

    Raises:
        RduError: everything found wrong with the model, as `import_module` says, or everything
            wrong with the formats.
    """
    wanted = dict(formats or {})
    imported = import_module(
        model,
        example_args,
        layouts=LAYOUTS,
        marked=tuple(wanted),
        keep_strangers=keep_strangers,
        hosted=True,
    )
    problems = Collector()
    annotation = _Annotation(imported, problems)
    given = {**dict(imported.weights), **imported.input_tensors(example_args, LAYOUTS)}
    with imported.module.context, ir.Location.unknown():
        annotation.arguments(given, wanted)
        annotation.results(wanted)
    problems.check()
    return replace(imported, groups=annotation.groups)


class _Annotation:
    """Puts encodings on a function.

    Args:
        imported: the model.
        problems: collects what is wrong.

    Attributes:
        groups: n and m of arguments that store at most n of m values, by name.
    """

    def __init__(self, imported: ImportedModel, problems: Collector) -> None:
        self._function = imported.module.body.operations[0]
        self._problems = problems
        self._used: set[str] = set()
        self.groups: dict[str, tuple[int, int]] = {}

    def arguments(
        self, given: Mapping[str, torch.Tensor], wanted: Mapping[str, FormatLike]
    ) -> None:
        """Give arguments the types of what is stored, and say how much there is."""
        block = self._function.body.blocks[0]
        attributes = list(self._function.attributes["arg_attrs"])
        for number, (name, tensor) in enumerate(given.items()):
            text = self._stored(name, tensor, wanted)
            if text is None:
                continue
            argument = block.arguments[number]
            kind: Any = argument.type
            made = ir.Attribute.parse(text)
            argument.set_type(ir.RankedTensorType.get(kind.shape, kind.element_type, made))
            share = from_torch(tensor).stored / max(1, tensor.numel())
            density = ir.FloatAttr.get(ir.F64Type.get(), min(1.0, share))
            own = {named.name: named.attr for named in attributes[number]}
            attributes[number] = ir.DictAttr.get({**own, DENSITY: density})
        self._function.attributes["arg_attrs"] = ir.ArrayAttr.get(attributes)
        kinds = [argument.type for argument in block.arguments]
        operations = [view.operation for view in block.operations]
        for operation in operations:
            if operation.name == "tensor.insert_slice":  # of the type that it inserts into
                operation.results[0].set_type(operation.operands[1].type)
        kind = ir.FunctionType.get(kinds, [value.type for value in operations[-1].operands])
        self._function.attributes["function_type"] = ir.TypeAttr.get(kind)

    def results(self, wanted: Mapping[str, FormatLike]) -> None:
        """Say of ops how their results are stored; report names that nothing has."""
        operations = [view.operation for view in self._function.body.blocks[0].operations]
        structured = [o for o in operations if o.name.startswith("linalg.") and len(o.results)]
        names = self._names()
        for key in (key for key in wanted if key not in self._used):
            found = [operation for operation in structured if _is_at(operation, key)]
            if not found:
                hint = suggest(key, names)
                known = ", ".join(f"'{name}'" for name in names)
                need = f"expected {known}, a node of the exported graph or 'file.py:line'"
                self._problems.error(f"format of '{key}': no such tensor: {need}", hint=hint)
                continue
            kind: Any = found[-1].results[0].type
            text = self._encoding(key, wanted[key], kind.shape)
            if text is not None:
                found[-1].attributes[FORMAT] = ir.Attribute.parse(text)

    def _stored(
        self, name: str, tensor: torch.Tensor, wanted: Mapping[str, FormatLike]
    ) -> str | None:
        """Return the encoding of an argument: as it is said, else as the tensor is laid out."""
        keys = [key for key in wanted if key == name] or [k for k in wanted if fnmatchcase(name, k)]
        self._used.update(key for key in wanted if fnmatchcase(name, key))
        if not keys:
            form = layout_of(tensor)
            return encoding_text(form) if form else None
        given = wanted[keys[0]]
        text = self._encoding(name, given, tuple(tensor.shape))
        group = most_in_group(given)
        if text is not None and group is not None:
            self.groups[name] = group
            if problem := group_problem(tensor, *group):
                self._problems.error(f"format of '{name}': {problem}")
        return text

    def _encoding(self, name: str, given: FormatLike, shape: Sequence[int]) -> str | None:
        try:
            return encoding(given, shape)
        except ValueError as problem:
            self._problems.error(f"format of '{name}': '{given}' {problem}")
            return None

    def _names(self) -> list[str]:
        every: list[Any] = list(self._function.attributes["arg_attrs"])
        return [ir.StringAttr(own["rdu.name"]).value for own in every]


def _is_at(operation: ir.Operation, key: str) -> bool:
    """Tell whether an op comes of a node, or of a line."""
    for place in file_locations(operation.location):
        line = f"{place.file}:{place.line}"
        if place.file == mark(key) or line == key or line.endswith(f"/{key}"):
            return True
    return False
