"""Reading and writing graphs: the texts and messages of other tools, and modules."""

from __future__ import annotations

from collections.abc import Mapping

from rdu.frontends.sparse.graphs.build import build
from rdu.frontends.sparse.graphs.declarations import Declarations, read_declarations
from rdu.frontends.sparse.graphs.dot.mend import mend, settle_formats
from rdu.frontends.sparse.graphs.dot.reader import read_nodes
from rdu.frontends.sparse.graphs.dot.syntax import parse_dot
from rdu.frontends.sparse.graphs.dot.writer import print_dot
from rdu.frontends.sparse.graphs.graph import Graph
from rdu.frontends.sparse.graphs.primitives import SINKS
from rdu.frontends.sparse.graphs.storage import Shape
from rdu.frontends.sparse.graphs.take import take
from rdu.frontends.sparse.graphs.tortilla.reader import read_operators, tortilla_texts
from rdu.frontends.sparse.graphs.tortilla.wire import Message, decode, encode
from rdu.frontends.sparse.graphs.tortilla.writer import comal_graph
from rdu.mlir_ext import ir
from rdu.semantics.dtypes import DType
from rdu.semantics.fibertree import Format
from rdu.support.diagnostics import Collector, Severity, Warn, print_warning


def read_dot(
    text: str,
    file: str = "<string>",
    *,
    shapes: Mapping[str, Shape] | None = None,
    element: DType | None = None,
    warn: Warn = print_warning,
) -> ir.OpView:
    """Return a module with SAM's dot graph as the function `main`.

    Its arguments are the tensors that the graph reads, named as there (`rdu.name`), in the order of
    the graph's comment; its result is the tensor that the graph writes.

    Args:
        text: the file's text.
        file: its name in messages.
        shapes: the extents of the tensors' dimensions, for files that do not tell them.
        element: the type of all values: f32 unless the file or this says otherwise.
        warn: told of each thing that the file says amiss, where only one meaning is possible.

    Raises RduError with everything that is wrong, each at its line and column.
    """
    problems = Collector()
    read = parse_dot(text, file, problems)
    declared = read_declarations(read.attributes, read.places, file, problems)
    settle_formats(read, declared, file, problems)
    mend(read, problems)
    graph = read_nodes(read, declared, file, problems)
    module = _build(graph, declared, shapes, element, problems)
    for diagnostic in problems.diagnostics:
        if diagnostic.severity is Severity.WARNING:
            warn(diagnostic)
    return module


def write_dot(module: ir.OpView) -> str:
    """Return a module's one graph as a dot file of SAM, with shapes, so that it can be read back.

    Raises RduError for a module that holds anything else, and lists every op, function and format
    of a level for which SAM's graphs have no word.
    """
    problems = Collector()
    return print_dot(take(module, problems), problems)


def read_tortilla(
    data: bytes,
    file: str = "<bytes>",
    *,
    shapes: Mapping[str, Shape] | None = None,
    element: DType | None = None,
) -> ir.OpView:
    """Return a module with the graph of a `ComalGraph` message as the function `main`.

    As `read_dot`. Where the program's name does not declare formats as SAM's comments do, they
    follow from the lookups. Raises RduError with everything that is wrong, by operator.
    """
    problems = Collector()
    message = decode(data, "ComalGraph", file, problems)
    program = message.message("graph") or Message("ProgramGraph")
    texts = tortilla_texts(message, program)
    declared = read_declarations(texts, {}, file, problems)
    graph = read_operators(program.messages("operators"), file, declared.element, problems)
    return _build(graph, declared, shapes, element, problems)


def write_tortilla(module: ir.OpView) -> bytes:
    """Return a module's one graph as a `ComalGraph` message, with shapes in its name.

    Raises RduError for a module that holds anything else, and lists every op, function and format
    of a level for which there is no operator.
    """
    problems = Collector()
    return encode(comal_graph(take(module, problems), problems))


def dot_formats(text: str, file: str = "<string>") -> dict[str, Format]:
    """Return the formats that a dot file declares, as it reads them, the result first.

    They are what `read_folder` needs to read the tensors of SAM's tools. Raises RduError for a text
    that cannot be read.
    """
    problems = Collector()
    read = parse_dot(text, file, problems)
    declared = read_declarations(read.attributes, read.places, file, problems)
    settle_formats(read, declared, file, problems)
    problems.check()
    return declared.formats


def _build(
    graph: Graph,
    declared: Declarations,
    shapes: Mapping[str, Shape] | None,
    element: DType | None,
    problems: Collector,
) -> ir.OpView:
    graph.element = element or declared.element
    written = {node.tensor for node in graph.nodes.values() if node.kind in SINKS}
    names = [*filter(None, sorted(written)), *declared.formats, "X"]
    formats = {name: form for name, form in declared.formats.items() if name != names[0]}
    known: dict[str, Shape] = {**declared.shapes, **(shapes or {})}
    return build(graph, formats, known, names[0], problems)
