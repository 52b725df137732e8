"""What `rdu-sparse` takes of a module: one function, names as written, shapes that suit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import defined_functions
from rdu.support.diagnostics import (
    Collector,
    RduError,
    SourceLocation,
    UsageError,
    error,
    suggest,
)

if TYPE_CHECKING:
    from rdu.frontends.sparse.elements import Element


_STREAMS = re.compile(r'#sam\.encoding<|"sam\.generator"|\bsam\.[a-z_]+ (?:%|[A-Z][a-z]+,)')
"""What a graph of another compiler's dialect of the same name has in its text, and ours has not."""


def read_module(text: str, file: str, function: str | None) -> Any:
    """Parse a module and keep one function, whose arguments are named as the text names them.

    The text may be of an earlier MLIR, whose `tensor.expand_shape` has no `output_shape`, and whose
    encodings list their levels. What the
    function calls becomes part of it; without a name it is the one that no other calls.

    Raises UsageError if it has no function of that name, or several and none is chosen, and
    RduError with all that is wrong in the text.
    """
    from rdu.mlir_ext.calls import keep_only, uncalled
    from rdu.mlir_ext.context import make_context, parse
    from rdu.mlir_ext.dated import with_level_maps, with_output_shapes, with_plain_pointers
    from rdu.mlir_ext.resources import with_dense_constants, with_resources
    from rdu.mlir_ext.written_names import keep_written_names

    _refuse_streams(text, file)
    text = with_plain_pointers(with_level_maps(with_output_shapes(text)))
    text = with_dense_constants(with_resources(text))
    module = parse(text, make_context(), source_name=file)
    functions = defined_functions(module)
    if not functions:
        raise UsageError(f"'{file}' has no function: expected one that returns tensors")
    keep_written_names(module, text)
    if function is None:
        functions = uncalled(module)
    names = [each.name.value for each in functions]
    known = ", ".join(f"'{name}'" for name in names) or "none"
    if function is not None and function not in names:
        hint = suggest(function, names)
        raise UsageError(f"'{file}' has no function '{function}': expected {known}", hint=hint)
    if function is None and len(functions) > 1:
        raise UsageError(f"'{file}' has the functions {known}: expected one, or '--function'")
    keep_only(module, function or names[0])
    _check_results(module)
    return module


def _refuse_streams(text: str, file: str) -> None:
    """Refuse graphs in the dialect of another compiler, at the first place of one."""
    lines = enumerate(text.splitlines(), 1)
    code = ((number, line.partition("//")[0]) for number, line in lines)
    for number, line in code:
        if found := _STREAMS.search(line):
            said = (
                "is of FuseFlow's dialect 'sam', whose streams do not say of which tensors they are"
            )
            hint = "the message that sam-translate --emit-proto writes of it says so (a .bin file)"
            place = SourceLocation(file, number, found.start() + 1)
            raise RduError(error(f"{said}: expected linalg, or a graph of ours", place, hint=hint))


def _check_results(module: Any) -> None:
    """Report functions that return nothing, and say what their last op gives."""
    from rdu.mlir_ext.locations import location_names, source_location
    from rdu.transforms.conversion.circuits.tensors import returned

    problems = Collector()
    for function in defined_functions(module):
        place, blocks = source_location(function.location), len(list(function.body.blocks))
        if blocks > 1:
            problems.error(f"'func.func' has {blocks} blocks: expected one", place)
        if blocks > 1 or returned(function):
            continue
        said, hint = "'func.func' returns nothing, and so computes nothing: expected a result", None
        made = [view.operation for block in function.body.blocks for view in block.operations]
        made = [operation for operation in made if len(operation.results)]
        if made:
            name = next(iter(location_names(made[-1].location)), None) or "0"
            hint = f"return %{name} : {made[-1].results[0].type}"
        problems.error(said, place, hint=hint)
    problems.check()


def has_graphs(module: Any) -> bool:
    """Tell whether a function is of graphs of stream primitives already."""
    from rdu.dialects.sam import GraphOp

    blocks = [block for function in defined_functions(module) for block in function.body.blocks]
    return any(isinstance(op, GraphOp) for block in blocks for op in block.operations)


def element_types(module: Any) -> dict[str, Element]:
    """Return what operands are made of, by name, in the widths that machines have."""
    from rdu.transforms.conversion.circuits.tensors import names_of

    found: dict[str, Element] = {}
    for function in defined_functions(module):
        for value, name in names_of(function).items():
            kind: Any = value.type
            element = kind.element_type if isinstance(kind, ir.RankedTensorType) else kind
            found[name] = "i32" if isinstance(element, ir.IntegerType) else "f32"
    return found


def rounded(module: Any, operands: Mapping[str, Any]) -> dict[str, Any]:
    """Return operands with those rounded to bf16 that a function takes so."""
    from dataclasses import replace

    from rdu.semantics.dtypes import to_bf16
    from rdu.semantics.fibertree import Fibertree
    from rdu.transforms.conversion.circuits.tensors import names_of

    taken = dict(operands)
    for function in defined_functions(module):
        for value, name in names_of(function).items():
            kind, given = value.type, operands.get(name)
            if given is None or str(getattr(kind, "element_type", kind)) != "bf16":
                continue
            is_tree = isinstance(given, Fibertree)
            taken[name] = (
                replace(given, values=to_bf16(given.values)) if is_tree else to_bf16(given)
            )
    return taken


def lift_weights(module: Any) -> None:
    """Make arguments of the weights whose values are not in the text."""
    from rdu.mlir_ext.driver import run_pass
    from rdu.transforms.linalg.lift_constants import LiftConstants

    run_pass(module, LiftConstants)


def specialize(module: Any, operands: Mapping[str, Any]) -> Any:
    """Give a function of linalg the shapes of its operands, and numbers of 32 bits.

    What no result depends on needs no operand. Returns the module with integers as they were.
    Raises RduError listing every operand that is missing, unknown or of another shape, or
    else every op that shapes do not suit.
    """
    from rdu.mlir_ext.driver import run_pass
    from rdu.transforms.linalg.specialize import Specialize

    for function in defined_functions(module):
        shapes = _shapes(function, operands)
        run_pass(module, Specialize, shapes=shapes, narrow=True, scalars=True)
    meaning = module.operation.clone().opview
    run_pass(module, Specialize, integers=True)
    return meaning


def dissolve(module: Any, operands: Mapping[str, Any]) -> dict[str, Any]:
    """Make access maps of reshapes, if there are any; return the operands as the arguments are."""
    from rdu.mlir_ext.driver import run_pass
    from rdu.transforms.conversion.circuits.tensors import names_of
    from rdu.transforms.linalg.dissolve_views import DissolveViews
    from rdu.transforms.linalg.views.cuts import RESHAPES

    (function,) = defined_functions(module)
    (block,) = function.body.blocks
    if not any(view.operation.name in RESHAPES for view in block.operations):
        return dict(operands)
    run_pass(module, DissolveViews)
    kinds = {name: value.type for value, name in names_of(function).items()}
    return {name: _as_argument(tensor, kinds[name]) for name, tensor in operands.items()}


def dense_operands(function: Any, operands: Mapping[str, Any]) -> dict[str, Any]:
    """Return an array for each argument, of its type, zeros where no result depends on it."""
    import numpy as np

    from rdu.interpreter.signature import ARRAY_TYPES
    from rdu.semantics.fibertree import Fibertree
    from rdu.transforms.conversion.circuits.tensors import names_of

    names, dense = names_of(function), dict[str, Any]()
    for argument in function.body.blocks[0].arguments:
        kind, given = argument.type, operands.get(names[argument])
        element = kind.element_type if isinstance(kind, ir.RankedTensorType) else kind
        if given is None:
            given = np.zeros(list(kind.shape))
        array = given.to_dense() if isinstance(given, Fibertree) else np.asarray(given)
        dense[names[argument]] = array.astype(ARRAY_TYPES.get(str(element), array.dtype))
    return dense


def result_names(module: Any) -> list[str]:
    """Return the names of what the one function of a module returns; of one value it is one."""
    from rdu.transforms.conversion.circuits.tensors import names_of, returned

    (function,) = defined_functions(module)
    names = names_of(function)
    return [names[value] for value in returned(function)]


def reshaped(tree: Any, shape: tuple[int, ...]) -> Any:
    """Return a result in the shape that the module says, if `dissolve` has cut it otherwise."""
    from rdu.semantics.fibertree import Format, build

    if tree.shape == shape:
        return tree
    form = Format.of(["compressed"] * len(shape))
    return build(tree.coordinates().reshaped(shape), form)


def _as_argument(tensor: Any, kind: Any) -> Any:
    """Return the same values in row-major order in the shape, and format, of an argument."""
    from rdu.semantics.fibertree import Fibertree, build
    from rdu.transforms.conversion.sparse.encodings import format_of, is_encoded

    shape = list(kind.shape)
    if isinstance(tensor, Fibertree) and is_encoded(kind):
        return build(tensor.coordinates().reshaped(shape), format_of(kind))
    return (tensor.to_dense() if isinstance(tensor, Fibertree) else tensor).reshape(shape)


def _shapes(function: Any, operands: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the shapes of arguments with dynamic extents, as `linalg-specialize` takes them."""
    from rdu.mlir_ext.locations import source_location
    from rdu.transforms.conversion.circuits.operands import report_unknown
    from rdu.transforms.conversion.circuits.tensors import names_of
    from rdu.transforms.conversion.linalg.needed import needed_values
    from rdu.transforms.linalg.extents import extents_of

    (block,) = function.body.blocks
    needed = needed_values([view.operation for view in block.operations])
    names, problems = names_of(function), Collector()
    arguments = [names[argument] for argument in block.arguments]
    report_unknown(operands, arguments, problems)
    shapes: list[str] = []
    for argument in block.arguments:
        name, kind = names[argument], argument.type
        if not isinstance(kind, ir.RankedTensorType):
            continue
        given, need = operands.get(name), extents_of(kind)
        have = need if given is None else list(given.shape)
        pairs = zip(need, have, strict=False)
        if given is None and argument in needed:
            place = source_location(argument.location)
            problems.error(f"operand '{name}' is missing: expected {_shown(need)}", place)
        elif len(have) != len(need) or any(n not in (None, h) for n, h in pairs):
            said = f"operand '{name}' is {_shown(have)}: expected {_shown(need)}"
            problems.error(said, source_location(argument.location))
        if None in need:
            shapes.append(_shown(have))
    problems.check()
    return tuple(shapes)


def _shown(extents: list[int | None]) -> str:
    """Write a shape as options have it, `4x?`."""
    return "x".join("?" if extent is None else str(extent) for extent in extents) or "a scalar"
