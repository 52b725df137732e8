"""The pass `linalg-lift-constants`."""

from typing import Any

from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import only_block
from rdu.mlir_ext.locations import location_names
from rdu.mlir_ext.passes import Pass, register
from rdu.support.names import unused
from rdu.transforms.conversion.linalg.needed import PURE

_ELIDED = "__elided__"

_READ = "sparse_tensor.new"


@register
class LiftConstants(Pass):
    """Make arguments of constants whose values are not in the text, and of tensors that are read.

    Accepts functions of one block. An `arith.constant` of a `dense_resource` has a type and no
    values, as weights are written by those who keep them elsewhere. Each becomes an argument after
    the others, in order, named by its location, else by the resource, else `constant`; `rdu.name`
    says it. So does the result of `sparse_tensor.new`, which reads a file: it is called as the
    argument that names the file, which goes. Ops whose results nobody uses go before, and the
    constants that only they use.

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
        read = {each.operands[0] for each in lifted if each.name == _READ}
        kept = [own for own, a in zip(given, block.arguments, strict=True) if a not in read]
        taken = {own["rdu.name"].value for own in kept if "rdu.name" in own}
        taken |= {f"arg{number}" for number, a in enumerate(block.arguments) if a not in read}
        for operation in lifted:
            name = unused(_name(operation, given), taken)
            taken.add(name)
            given.append(ir.DictAttr.get({"rdu.name": ir.StringAttr.get(name)}))
            argument = block.add_argument(operation.results[0].type, operation.location)
            operation.results[0].replace_all_uses_with(argument)
            operation.erase()
        for number in reversed(range(len(block.arguments))):
            if _is_pointer(block.arguments[number]):
                block.erase_argument(number)
                del given[number]
        inputs, results = [a.type for a in block.arguments], function.type.results
        function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(inputs, results))
        function.attributes["arg_attrs"] = ir.ArrayAttr.get(given)
        self.count("constants", len(lifted))


def _without_values(block: ir.Block) -> list[ir.Operation]:
    """Return the ops of a block that make tensors whose values are not in the text."""
    operations = [view.operation for view in block.operations]
    return [each for each in operations if each.name == _READ or _is_elsewhere(each)]


def _is_elsewhere(operation: ir.Operation) -> bool:
    """Tell whether an op is a constant whose values are not in the text."""
    return (
        operation.name == "arith.constant" and _resource(operation.attributes["value"]) is not None
    )


def _is_pointer(argument: ir.Value) -> bool:
    """Tell whether an argument is a pointer that nobody uses."""
    return str(argument.type).startswith("!llvm.ptr") and not any(True for _ in argument.uses)


def _erase_unused(block: ir.Block) -> None:
    for operation in reversed([view.operation for view in block.operations]):
        used = any(True for result in operation.results for _ in result.uses)
        if operation.name.partition(".")[0] in PURE and not used:
            operation.erase()


def _is_argument(value: ir.Value) -> bool:
    return isinstance(value.owner, ir.Block)


def _resource(value: ir.Attribute) -> str | None:
    """Return the key of a resource; None for any other attribute."""
    head, _, rest = str(value).partition("<")
    return rest.partition(">")[0].strip('"') if head == "dense_resource" else None


def _name(operation: ir.Operation, given: list[Any]) -> str:
    """Name a constant by its location, or its resource where that says something.

    What is read from a file is named as the argument that names the file.
    """
    if operation.name == _READ:
        source = operation.operands[0]
        own: Any = given[ir.BlockArgument(source).arg_number] if _is_argument(source) else {}
        name: str = own["rdu.name"].value if "rdu.name" in own else "tensor"
        return name
    key = _resource(operation.attributes["value"])
    named = [*location_names(operation.location), *([key] if key and key != _ELIDED else [])]
    return named[0] if named else "constant"
