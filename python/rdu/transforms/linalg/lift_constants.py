"""The pass `linalg-lift-constants`."""

from typing import Any

from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import only_block
from rdu.mlir_ext.locations import location_names
from rdu.mlir_ext.passes import Pass, register
from rdu.support.names import unused
from rdu.transforms.conversion.linalg.needed import PURE

_ELIDED = "__elided__"


@register
class LiftConstants(Pass):
    """Make arguments of constants whose values are not in the text.

    Accepts functions of one block. An `arith.constant` of a `dense_resource` has a type and no
    values, as weights are written by those who keep them elsewhere. Each becomes an argument after
    the others, in order, named by its location, else by the resource, else `constant`; `rdu.name`
    says it. Ops whose results nobody uses go before, and the constants that only they use.

    Guarantees that the function computes the same if the arguments are what the constants were.
    Leaves functions without such constants alone.
    """

    name = "linalg-lift-constants"
    level_in = "linalg"
    level_out = "linalg"
    anchor = "func.func"
    messages = {  # noqa: RUF012
        "blocks": "has {have} blocks: expected one",
    }
    statistics = {"constants": "constants that are arguments now"}  # noqa: RUF012

    def run(self, module: Any, options: Any) -> None:
        """Add the arguments and erase the constants."""
        function = module
        block = only_block(function, self.error)
        if block is None or not _without_values(block):
            return
        _erase_unused(block)
        lifted = _without_values(block)
        given = list(function.attributes.get("arg_attrs") or ())
        given += [ir.DictAttr.get({})] * (len(block.arguments) - len(given))
        taken = {own["rdu.name"].value for own in given if "rdu.name" in own}
        taken |= {f"arg{number}" for number in range(len(given))}
        for operation in lifted:
            name = unused(_name(operation), taken)
            taken.add(name)
            given.append(ir.DictAttr.get({"rdu.name": ir.StringAttr.get(name)}))
            argument = block.add_argument(operation.results[0].type, operation.location)
            operation.results[0].replace_all_uses_with(argument)
            operation.erase()
        inputs, results = [a.type for a in block.arguments], function.type.results
        function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(inputs, results))
        function.attributes["arg_attrs"] = ir.ArrayAttr.get(given)
        self.count("constants", len(lifted))


def _without_values(block: ir.Block) -> list[ir.Operation]:
    """Return the constants of a block whose values are not in the text."""
    operations = [view.operation for view in block.operations]
    constants = [each for each in operations if each.name == "arith.constant"]
    return [each for each in constants if _resource(each.attributes["value"]) is not None]


def _erase_unused(block: ir.Block) -> None:
    for operation in reversed([view.operation for view in block.operations]):
        used = any(True for result in operation.results for _ in result.uses)
        if operation.name.partition(".")[0] in PURE and not used:
            operation.erase()


def _resource(value: ir.Attribute) -> str | None:
    """Return the key of a resource; None for any other attribute."""
    head, _, rest = str(value).partition("<")
    return rest.partition(">")[0].strip('"') if head == "dense_resource" else None


def _name(operation: ir.Operation) -> str:
    """Name a constant by its location, or its resource where that says something."""
    key = _resource(operation.attributes["value"])
    named = [*location_names(operation.location), *([key] if key and key != _ELIDED else [])]
    return named[0] if named else "constant"
