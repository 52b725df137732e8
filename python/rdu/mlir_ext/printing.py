"""Printing IR the same way everywhere: for output, dumps and reproducers."""

from dataclasses import dataclass

from rdu.mlir_ext import ir


@dataclass(frozen=True)
class PrintStyle:
    """How to print IR.

    Attributes:
        generic: print every op in generic form.
        locations: print where each op came from.
        local_scope: print types, attributes and locations in place rather than as aliases.
        elide_elements_above: shorten dense constants with more elements than this.
        elide_resources_above: shorten resources (weights) longer than this many characters.
    """

    generic: bool = False
    locations: bool = False
    local_scope: bool = False
    elide_elements_above: int | None = None
    elide_resources_above: int | None = None


def print_operation(operation: ir.Operation | ir.OpView, style: PrintStyle | None = None) -> str:
    """Return an op's text without a final newline; works for IR that does not verify, too."""
    style = style or PrintStyle()
    return operation.get_asm(
        print_generic_op_form=style.generic,
        enable_debug_info=style.locations,
        use_local_scope=style.local_scope,
        large_elements_limit=style.elide_elements_above,
        large_resource_limit=style.elide_resources_above,
        assume_verified=True,
    ).rstrip("\n")
