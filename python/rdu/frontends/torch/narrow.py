"""Arguments and results of dtypes that only hosts have, as tensors of int32 that are cast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rdu.frontends.torch.model import HOSTED

if TYPE_CHECKING:
    from torch.export import ExportedProgram


def narrow_border(program: ExportedProgram) -> dict[str, str]:
    """Let arguments and results of `HOSTED` dtypes be of int32; returns what they were, by name.

    Who gives values has to see that they fit; that results do is known, or nothing computes them.
    """
    graph = program.graph
    places = [node for node in graph.nodes if node.op == "placeholder"]
    dtypes = {node.name: dtype for node in places if (dtype := _hosted(node))}
    for node in places:
        if node.name in dtypes:
            _narrow_argument(graph, node, places[-1])
    (end,) = (node for node in graph.nodes if node.op == "output")
    given: list[Any] = list(end.args[0])
    for number, spec in enumerate(program.graph_signature.output_specs):
        dtype = _hosted(given[number])
        if dtype:
            given[number] = _narrow_result(graph, given[number], end)
            spec.arg.name = given[number].name
            dtypes[spec.arg.name] = dtype
    end.args = (tuple(given),)
    return dtypes


def _hosted(node: Any) -> str | None:
    """Return the dtype of what a node gives, if it is a hosted one."""
    dtype = str(getattr(node.meta.get("val"), "dtype", ""))
    return dtype if dtype in HOSTED else None


def _narrow_argument(graph: Any, node: Any, last: Any) -> None:
    """Cast an argument where it is used, behind the last one."""
    readers, value = list(node.users), node.meta["val"]
    with graph.inserting_after(last):
        cast = _cast(graph, node, value.dtype)
    cast.meta = {**_place(next(iter(readers), node)), "val": value}
    node.meta = {**_place(node), "val": value.to(_int32())}
    for reader in readers:
        reader.replace_input_with(node, cast)


def _narrow_result(graph: Any, node: Any, end: Any) -> Any:
    """Cast a result before it is returned."""
    with graph.inserting_before(end):
        cast = _cast(graph, node, _int32())
    cast.meta = {**_place(node), "val": node.meta["val"].to(_int32())}
    return cast


def _cast(graph: Any, node: Any, dtype: Any) -> Any:
    import torch

    return graph.call_function(torch.ops.prims.convert_element_type.default, (node, dtype))


def _int32() -> Any:
    import torch

    return torch.int32


def _place(node: Any) -> dict[str, Any]:
    """Return what is known of a node but for its value, which is told in two ways."""
    return {key: known for key, known in node.meta.items() if key not in ("val", "tensor_meta")}
