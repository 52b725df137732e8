"""From a graph of primitives to a message of `tortilla` as Comal reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rdu.frontends.sparse.graphs.declarations import write_formats, write_shapes
from rdu.frontends.sparse.graphs.expand import add_broadcasts, drop_implied
from rdu.frontends.sparse.graphs.facts import Survey
from rdu.frontends.sparse.graphs.graph import Node, Stream
from rdu.frontends.sparse.graphs.naming import Names
from rdu.frontends.sparse.graphs.ports import kind_of
from rdu.frontends.sparse.graphs.primitives import CRD, PRIMITIVES, REF, VAL
from rdu.frontends.sparse.graphs.tortilla.kinds import (
    LEVEL,
    RULES,
    Ends,
    Rule,
    declaration_of,
    level_path,
)
from rdu.frontends.sparse.graphs.tortilla.schema import MESSAGES, OPERATORS, STREAM_KINDS
from rdu.frontends.sparse.graphs.tortilla.wire import Message, Value
from rdu.support.diagnostics import Collector

CHANNEL_SIZE = 1024
"""What FuseFlow writes; Comal passes over it."""


def comal_graph(survey: Survey, problems: Collector) -> Message:
    """Return the message of a graph; the graph is changed.

    Raises RduError with every node for which there is no operator, and every stream that the
    operators need and the graph has not.
    """
    names = Names(survey)
    drop_implied(survey)
    _pass_by_drop(survey)
    rules = _rules(survey, problems)
    for node in survey.graph.nodes.values():
        _adapt(survey, node, problems)
    problems.check()
    add_broadcasts(survey)
    rules = _rules(survey, problems)
    writer = _Writer(survey, _channels(survey), names)
    tensors = [survey.graph.result, *survey.graph.operands]
    operations = [
        Message("Operation")
        .set("name", rule.operator)
        .set("id", number)
        .set(rule.operator, writer.operator(survey.graph.nodes[name], rule))
        for number, (name, rule) in enumerate(rules.items(), 1)
    ]
    program = Message("ProgramGraph").set("name", write_formats(tensors))
    program.set("operators", *operations)
    shapes = f"shapes {write_shapes(tensors)} element {survey.graph.element}"
    graph = Message("ComalGraph").set("name", shapes).set("channel_size", CHANNEL_SIZE)
    return graph.set("graph", program)


def _rules(survey: Survey, problems: Collector) -> dict[str, Rule]:
    """Return the operator of each node."""
    found: dict[str, Rule] = {}
    for node in survey.graph.nodes.values():
        rule = next((rule for rule in RULES if _fits(survey, node, rule)), None)
        if rule is not None:
            found[node.name] = rule
            continue
        function = node.parameters.get("function")
        what = f"{node.title} of '{function}'" if function else node.title
        what += " of values" if node.kind == "crd_drop" else ""
        problems.error(f"{what} has no counterpart in tortilla", node.place)
    return found


def _fits(survey: Survey, node: Node, rule: Rule) -> bool:
    """Whether an operator says what a node does, for streams of these kinds."""
    if rule.kind != node.kind:
        return False
    if any(node.parameters.get(name) != value for name, value in rule.fixed.items()):
        return False
    if node.kind == "unary" and ("constant" in node.parameters) != ("scalar" in rule.reads):
        return False
    drops = node.kind == "crd_drop"
    return not drops or kind_of(survey.graph, node.inputs["inner"][0]) == CRD


def _pass_by_drop(survey: Survey) -> None:
    """Write values from before a drop that those of the innermost coordinates go through as well.

    There are drops of coordinates only. Writers pass over the empty fibers that values keep.
    """
    nodes = survey.graph.nodes
    writers = [node for node in nodes.values() if node.kind == "fiber_write"]
    dropped = {tuple(nodes[w.inputs["crd"][0].node].inputs.get("outer", [])) for w in writers}
    for end in [node for node in nodes.values() if node.kind == "yield"]:
        values = end.inputs["values"][0]
        drop = nodes[values.node]
        used = [s for node in nodes.values() for s in node.arriving() if s.node == drop.name]
        if drop.kind == "crd_drop" and used == [values] and tuple(drop.inputs["outer"]) in dropped:
            end.inputs["values"] = list(drop.inputs["inner"])
            del nodes[drop.name]


def _adapt(survey: Survey, node: Node, problems: Collector) -> None:
    """Say a node as operators do, with streams of the same shape in place of others."""
    if node.parameters.get("function") == "relu":
        node.parameters |= {"function": "max", "constant": 0.0}
    if node.kind == "repeat":
        _exchange(survey, node, "like", (REF, VAL), problems)
    elif node.kind == "accumulate":
        _exchange(survey, node, "reduced", (CRD,), problems)
    elif node.kind == "locate":
        above, level = node.inputs.pop("fibers")[0].node, node.parameters["level"]
        if above != "root" or level != 0 or node.parameters["format"] != "dense":
            need = "the first level, if it is dense"
            message = f"{node.title} has no counterpart in tortilla but for {need}"
            problems.error(message, node.place)
        node.inputs["beside"] = list(node.inputs["crd"])
        _exchange(survey, node, "beside", (REF,), problems)


def _exchange(
    survey: Survey, node: Node, port: str, kinds: tuple[str, ...], problems: Collector
) -> None:
    fact = survey.facts[node.inputs[port][0]]
    if fact.kind in kinds:
        return
    stream = survey.stream_of(fact.nesting, *kinds)
    if stream is None:
        need = " or ".join(f"'{kind}'" for kind in kinds)
        message = f"{node.title} needs a stream {need} of the shape of its {port}: there is none"
        problems.error(message, node.place)
        return
    node.inputs[port] = [stream]


def _channels(survey: Survey) -> dict[Stream, int]:
    """Give the streams that are read numbers, from 1 on for each kind; others are 0."""
    counts: dict[str, int] = {}
    found: dict[Stream, int] = {}
    for node in survey.graph.nodes.values():
        for stream in node.arriving():
            kind = kind_of(survey.graph, stream)
            counts[kind] = counts.get(kind, 0) + 1
            found[stream] = counts[kind]
    return found


@dataclass(frozen=True, slots=True)
class _Writer:
    survey: Survey
    channels: Mapping[Stream, int]
    names: Names

    def operator(self, node: Node, rule: Rule) -> Message:
        """Return the message of a node."""
        message = Message(OPERATORS[rule.operator].type)
        for path, word in rule.when.items():
            _set(message, path, 0, word)
        if rule.operator == "alu":
            inputs: list[Value] = list(range(rule.operands or 0))
            message.messages("stages")[0].set("inputs", *inputs)
        for name, parameter in rule.reads.items():
            value = node.parameters.get(parameter, "")
            message.set(name, str(value) if name == "mode_val" else value)
        for port, streams in node.inputs.items():
            for position, stream in enumerate(streams):
                self._connect(message, rule.takes, node, (port, position), stream)
        for stream in self._sent(node):
            self._connect(message, rule.gives, node, stream[1:], stream)
        _describe(message, rule, node, self.names)
        return message

    def _sent(self, node: Node) -> Iterator[Stream]:
        """Give every stream of a node, read or not."""
        for port, output in PRIMITIVES[node.kind].outputs.items():
            position = 0
            while (stream := Stream(node.name, port, position)) in self.survey.facts:
                yield stream
                position += 1
            if output.passes and not position:
                yield Stream(node.name, port)

    def _connect(
        self, message: Message, ends: Ends, node: Node, place: tuple[str, int], stream: Stream
    ) -> None:
        """Enter the id of a stream; nothing if the operator has no such stream."""
        kind = kind_of(self.survey.graph, stream)
        for path, port in ends.items():
            type = declaration_of(_operator_of(message), path)[-1].type
            position = _position(node, path, port, place)
            if position is not None and STREAM_KINDS[type] == kind:
                identity = Message("StreamID").set("id", self.channels.get(stream, 0))
                _set(message, path, position, Message(type).set("id", identity))


def _position(node: Node, path: str, port: str, place: tuple[str, int]) -> int | None:
    """Return where on a path the stream of a port stands, None if it does not."""
    have, position = place
    if port != LEVEL:
        return position if port == have else None
    if node.kind == "alu":
        return ("lhs", "rhs").index(have)
    if have in ("values", "total"):
        return None
    order = sum(each.startswith("crd_") for each in node.inputs)
    end, position = level_path(have, order)
    return position if path.endswith(end) else None


def _operator_of(message: Message) -> str:
    return next(name for name, declared in OPERATORS.items() if declared.type == message.type)


def _set(message: Message, path: str, position: int, value: Value) -> None:
    """Set a value at the end of a path, at a position in the one field of it that is repeated."""
    *outer, last = path.split(".")
    for name in outer:
        declared = MESSAGES[message.type][name]
        values = message.fields.setdefault(name, [])
        number = position if declared.repeated else 0
        while len(values) <= number:
            values.append(Message(declared.type))
        message = message.messages(name)[number]
    values = message.fields.setdefault(last, [])
    if MESSAGES[message.type][last].repeated:
        while len(values) <= position:
            values.append(Message(MESSAGES[message.type][last].type))
        values[position] = value
    else:
        message.set(last, value)


def _describe(message: Message, rule: Rule, node: Node, names: Names) -> None:
    """Fill in what only people and Comal's traces read: labels and index variables."""
    fields = MESSAGES[message.type]
    index = names.index(node)
    if "label" in fields:
        message.set("label", " ".join(filter(None, [rule.operator, index])))
    if "index" in fields and index:
        message.set("index", index)
    if node.kind == "accumulate":
        message.set("order", sum(port.startswith("crd_") for port in node.inputs))
    if node.kind == "repeat" and (tensor := names.tensor(Stream(node.name, "repeated"))):
        message.set("tensor", tensor)
    if node.kind == "fiber_write":
        message.set("format", "compressed")
