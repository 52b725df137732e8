"""Arguments of int64 as arguments of int32, which the program casts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rdu.frontends.torch.model import WIDE

if TYPE_CHECKING:
    from torch.export import ExportedProgram


def narrow_arguments(program: ExportedProgram) -> set[str]:
    """Let arguments of int64 be of int32, and cast them where they are used; returns their names.

    Who gives values has to see that they fit.
    """
    import torch

    graph = program.graph
    places = [node for node in graph.nodes if node.op == "placeholder"]
    wide = [node for node in places if str(getattr(node.meta.get("val"), "dtype", "")) == WIDE]
    for node in wide:
        readers = list(node.users)
        value = node.meta["val"]
        with graph.inserting_after(places[-1]):
            cast = graph.call_function(
                torch.ops.prims.convert_element_type.default, (node, torch.int64)
            )
        first = next(iter(readers), node)
        cast.meta = {**_place(first), "val": value}
        node.meta = {**_place(node), "val": value.to(torch.int32)}
        for reader in readers:
            reader.replace_input_with(node, cast)
    return {node.name for node in wide}


def _place(node: Any) -> dict[str, Any]:
    """Return what is known of a node but for its value, which is told in two ways."""
    return {key: known for key, known in node.meta.items() if key not in ("val", "tensor_meta")}
