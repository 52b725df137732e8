"""From messages of `tortilla` to a graph of primitives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdu.frontends.sparse.graphs.graph import Graph, Node, Parameter, Stream
from rdu.frontends.sparse.graphs.tortilla.kinds import LEVEL, REFUSED, RULES, Rule, level_port
from rdu.frontends.sparse.graphs.tortilla.schema import (
    ENUMS,
    MESSAGES,
    OPERATORS,
    STREAM_KINDS,
)
from rdu.frontends.sparse.graphs.tortilla.wire import Message
from rdu.semantics.sparse.functions import UNARY
from rdu.support.diagnostics import Collector, SourceLocation

_FORMATS = re.compile(r"\w+=([sd]+[0-9]*|none)(,\w+=([sd]+[0-9]*|none))*")
_SHAPES = re.compile(r"shapes (?P<shapes>\S*) element (?P<element>\S+)")
_ROOT = Stream("root", "ref")
_WALKS = ("fiber_lookup", "repeat")
_Channel = tuple[str, int]


@dataclass(slots=True)
class _Channels:
    """Who sends and who reads each channel; every kind of stream has its own numbers."""

    sent: dict[_Channel, Stream] = field(default_factory=dict[_Channel, Stream])
    read: dict[_Channel, tuple[Node, str]] = field(default_factory=dict[_Channel, tuple[Node, str]])
    inputs: list[tuple[Node, str, _Channel]] = field(
        default_factory=list[tuple[Node, str, _Channel]]
    )


def tortilla_texts(graph: Message, program: Message) -> dict[str, str]:
    """Return what names say of the whole graph: formats as SAM's, and what our writer adds."""
    texts: dict[str, str] = {}
    formats = program.text("name").strip('"')
    if _FORMATS.fullmatch(formats):
        texts["comment"] = formats
    if found := _SHAPES.fullmatch(graph.text("name")):
        texts |= {"shapes": found["shapes"], "element": found["element"]}
    return texts


def read_operators(operators: list[Message], file: str, element: str, problems: Collector) -> Graph:
    """Return the graph that operators make, as they are; report what has no meaning."""
    graph = Graph(file, element=element)
    graph.add(Node("root", "root", "the root"))
    channels = _Channels()
    for number, operation in enumerate(operators):
        _read_operation(graph, str(number), operation, channels, problems)
    for node, port, channel in channels.inputs:
        source = channels.sent.get(channel)
        if source is None:
            kind, number = channel
            problems.error(
                f"{node.title} reads stream {number} '{kind}', which nobody sends", node.place
            )
        else:
            node.inputs.setdefault(port, []).append(source)
    return graph


def _read_operation(
    graph: Graph, name: str, operation: Message, channels: _Channels, problems: Collector
) -> None:
    place = SourceLocation(graph.file)
    present = [each for each in OPERATORS if operation.message(each) is not None]
    shown = operation.text("name") or (present[0] if present else "?")
    title = f"operator '{shown}' (id {operation.number('id')})"
    if len(present) != 1:
        unknown = [f"field {number}" for number in operation.unknown]
        have = ", ".join([*present, *unknown]) or "nothing"
        problems.error(f"{title} is {have}: expected one kind of operator", place)
        return
    operator = present[0]
    message = operation.message(operator)
    if message is None:
        return
    if operator in REFUSED:
        problems.error(f"{title} has no meaning here: {operator} {REFUSED[operator]}", place)
        return
    rule = _rule_of(operator, message, title, place, problems)
    if rule is None:
        return
    node = Node(name, rule.kind, title, place, {}, dict(rule.fixed))
    _read_parameters(node, rule, message, problems)
    if rule.kind != "root":
        graph.add(node)
    _read_streams(node, rule, message, channels, problems)


def _rule_of(
    operator: str, message: Message, title: str, place: SourceLocation, problems: Collector
) -> Rule | None:
    """Return what an operator means, after the words and the number of streams in it."""
    if message.text("blocked") == "True" or message.number("stream_shape") > 1:
        problems.error(f"{title} computes with blocks of values: expected single ones", place)
        return None
    if len(message.messages("stages")) > 1:
        count = len(message.messages("stages"))
        problems.error(f"{title} has {count} stages: expected one", place)
        return None
    rules = [rule for rule in RULES if rule.operator == operator]
    words = {path: _word(message, path) for rule in rules for path in rule.when}
    fitting = [
        rule for rule in rules if all(words[path] == word for path, word in rule.when.items())
    ]
    count = sum(1 for path, *_ in streams_in(message) if path == "vals.inputs")
    exact = [rule for rule in fitting if rule.operands in (None, count)]
    if not exact:
        what = " ".join(words.values())
        size = f" of {count} streams" if operator == "alu" else ""
        known = ", ".join(dict.fromkeys(word for rule in rules for word in rule.when.values()))
        problems.error(
            f"{title} is {what}{size}, which has no meaning here",
            place,
            notes=[f"of {operator} these have one: {known}"],
        )
        return None
    return exact[0]


def _word(message: Message, path: str) -> str:
    """Return the word of an enum at a path: the first one where nothing is said."""
    *outer, last = path.split(".")
    for name in outer:
        message = message.message(name) or Message(MESSAGES[message.type][name].type)
    return message.text(last) or ENUMS[MESSAGES[message.type][last].type][0]


def _read_parameters(node: Node, rule: Rule, message: Message, problems: Collector) -> None:
    for name, parameter in rule.reads.items():
        kind = MESSAGES[message.type][name].type
        value: Parameter = message.text(name)
        if kind == "uint64":
            value = message.number(name)
        elif kind == "double":
            value = message.real(name)
        elif name == "format":
            value = "compressed" if value == "compressed" else "dense"
        elif name == "mode_val":
            if not value:
                continue
            if not str(value).isdecimal() or not str(value).isascii():
                problems.error(f"{node.title} has mode '{value}': expected a dimension", node.place)
                continue
            value = int(value)
        node.parameters[parameter] = value
    if rule.operator == "func" and node.parameters["function"] not in UNARY:
        have, need = node.parameters["function"], ", ".join(UNARY)
        problems.error(f"{node.title} applies '{have}': expected one of {need}", node.place)


def _read_streams(
    node: Node, rule: Rule, message: Message, channels: _Channels, problems: Collector
) -> None:
    """Enter what an operator reads and sends; an id of 0 is no stream."""
    order, counts = message.number("order") or 1, dict[str, int]()
    for path, position, kind, number in streams_in(message):
        ends = rule.takes if path in rule.takes else rule.gives
        port = ends.get(path)
        if port is None:
            what = f"has a stream '{path}', which has no meaning here"
            problems.error(f"{node.title} {what}", node.place)
            continue
        taking = ends is rule.takes
        if port == LEVEL and rule.kind == "alu":
            port = "lhs" if position == 0 else "rhs"
        elif port == LEVEL:
            sides = ("crd", "reduced") if taking else ("out", "")
            port = level_port(path, position, order, sides)
        if not number:
            counts[port] = counts.get(port, 0) + 1
        elif taking:
            _read_from(node, port, (kind, number), channels, problems)
        else:
            sent = Stream(node.name, port, counts.get(port, 0))
            counts[port] = counts.get(port, 0) + 1
            _send_to(node, sent, (kind, number), channels, problems)
    if rule.kind == "fork":
        node.parameters["branches"] = counts.get("branches", 0)
    implied = rule.operator in _WALKS and "ref" not in _reads(node, channels)
    if rule.kind == "locate":
        node.inputs["fibers"] = [_ROOT]
    elif implied and message.text("root") == "True":
        node.inputs["ref"] = [_ROOT]


def _reads(node: Node, channels: _Channels) -> list[str]:
    return [port for each, port, _ in channels.inputs if each is node]


def _read_from(
    node: Node, port: str, channel: _Channel, channels: _Channels, problems: Collector
) -> None:
    kind, number = channel
    channels.inputs.append((node, port, channel))
    other = channels.read.setdefault(channel, (node, port))
    if other != (node, port):
        message = f"{node.title} reads stream {number} '{kind}', as {other[0].title} does"
        problems.error(message, node.place, hint="share a stream by a broadcast")


def _send_to(
    node: Node, stream: Stream, channel: _Channel, channels: _Channels, problems: Collector
) -> None:
    kind, number = channel
    if channel in channels.sent:
        message = f"{node.title} sends stream {number} '{kind}', as another operator does"
        problems.error(message, node.place)
    if node.kind == "root":
        stream = _ROOT
    if not stream.port:
        problems.error(f"{node.title} sends the level that it reduces", node.place)
        return
    channels.sent[channel] = stream


def streams_in(message: Message, path: str = "") -> Iterator[tuple[str, int, str, int]]:
    """Return the path, the place among others of that path, the kind and the id of each stream."""
    counts: dict[str, int] = {}
    for found in _walk(message, path):
        position = counts.get(found[0], 0)
        counts[found[0]] = position + 1
        yield found[0], position, *found[1:]


def _walk(message: Message, path: str) -> Iterator[tuple[str, str, int]]:
    for name, values in message.fields.items():
        inner = f"{path}.{name}" if path else name
        for value in values:
            if not isinstance(value, Message):
                continue
            if value.type in STREAM_KINDS:
                identity = value.message("id")
                yield inner, STREAM_KINDS[value.type], identity.number("id") if identity else 0
            else:
                yield from _walk(value, inner)
