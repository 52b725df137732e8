"""The text of a dot file: one directed graph of nodes and edges with attributes.

The subset of Graphviz's language that SAM's files use, with statements for defaults and chains of
edges; no subgraphs, ports or HTML. Strings may span lines, `#` comments stand anywhere, as SAM's
own tools read them. After a mistake reading goes on at the next line, so that all are reported.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdu.support.diagnostics import Collector, SourceLocation

_TOKEN = re.compile(
    r"""(?P<space>[\s\ufeff]+|//[^\n]*|\#[^\n]*|/\*.*?\*/)
      | (?P<arrow>->) | (?P<mark>[{}\[\]=;,])
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<word>-?(?:[A-Za-z_0-9.\x80-\U0010ffff])+)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r'\\(["\\\n])')


@dataclass(slots=True)
class DotNode:
    """A node statement, or what several say of one node."""

    name: str
    place: SourceLocation
    attributes: dict[str, str]


@dataclass(slots=True)
class DotEdge:
    """An edge between two nodes, by their names."""

    source: str
    sink: str
    place: SourceLocation
    attributes: dict[str, str]


@dataclass(slots=True)
class DotFile:
    """What a file says, in its order.

    Attributes:
        attributes: those of the graph.
        places: where each of them stands.
        nodes: by name.
        edges: in order.
    """

    attributes: dict[str, str] = field(default_factory=dict[str, str])
    places: dict[str, SourceLocation] = field(default_factory=dict[str, SourceLocation])
    nodes: dict[str, DotNode] = field(default_factory=dict[str, DotNode])
    edges: list[DotEdge] = field(default_factory=list[DotEdge])


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: SourceLocation


class _WrongError(Exception):
    """A statement that cannot be read."""


def parse_dot(text: str, file: str, problems: Collector) -> DotFile:
    """Read a file's text; what is wrong is reported, each where it stands, and left out."""
    return _Parser(list(_tokens(text, file, problems)), problems).file()


def _tokens(text: str, file: str, problems: Collector) -> Iterator[_Token]:
    position, line, start = 0, 1, 0
    while position < len(text):
        place = SourceLocation(file, line, position - start + 1)
        found = _TOKEN.match(text, position)
        if found is None:
            unclosed = {'"': "string", "/": "comment"}.get(text[position])
            what = (
                f"{unclosed} has no end"
                if unclosed
                else f"character {text[position]!r} has no meaning"
            )
            problems.error(what, place)
            end = text.find("\n", position) if unclosed else position + 1
            end = end if end >= 0 else len(text)
        else:
            end = found.end()
            if found.lastgroup != "space":
                yield _Token(str(found.lastgroup), found.group(), place)
        newlines = text.count("\n", position, end)
        if newlines:
            line += newlines
            start = text.rindex("\n", position, end) + 1
        position = end
    yield _Token("end", "end of file", SourceLocation(file, line, position - start + 1))


class _Parser:
    def __init__(self, tokens: list[_Token], problems: Collector) -> None:
        self._tokens, self._problems = tokens, problems
        self._at = 0
        self._read = DotFile()
        self._defaults: dict[str, dict[str, str]] = {"node": {}, "edge": {}}

    def file(self) -> DotFile:
        """Read the whole file."""
        try:
            self._header()
        except _WrongError:
            return self._read
        while self._next.kind != "end" and self._next.text != "}":
            if self._take(";", ","):
                continue
            begin = self._next.place.line
            try:
                self._statement()
            except _WrongError:
                self._skip(begin)
        try:
            self._expect("}")
            if self._next.kind != "end":
                self._wrong("end of file")
        except _WrongError:
            pass
        return self._read

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *marks: str) -> bool:
        """Take the next token if it is one of the marks."""
        if self._next.kind in ("mark", "arrow") and self._next.text in marks:
            self._at += 1
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            self._wrong(f"'{mark}'")

    def _wrong(self, need: str) -> None:
        token = self._next
        have = token.text if token.kind == "end" else f"'{token.text[:40]}'"
        self._problems.error(f"expected {need}, got {have}", token.place)
        raise _WrongError

    def _skip(self, begin: int) -> None:
        """Go on after a mistake: at the next line, or at the end of the graph."""
        line = max(self._next.place.line, begin)
        while self._next.kind != "end" and self._next.place.line <= line and self._next.text != "}":
            self._at += 1

    def _name(self, need: str) -> _Token:
        token = self._next
        if token.kind not in ("word", "string"):
            self._wrong(need)
        self._at += 1
        if token.kind == "string":
            inner = token.text[1:-1].replace("\\n", "\n")
            text = _ESCAPE.sub(lambda found: found[1].strip("\n"), inner)
            return _Token("string", text, token.place)
        return token

    def _header(self) -> None:
        if self._next.text == "strict":
            self._at += 1
        if self._next.text != "digraph":
            self._wrong("'digraph'")
        self._at += 1
        if self._next.text != "{":
            self._name("a name or '{'")
        self._expect("{")

    def _statement(self) -> None:
        first = self._name("a node, an edge or an attribute")
        if first.kind == "word" and first.text in ("graph", "node", "edge"):
            self._default(first)
            return
        if first.kind == "word" and first.text == "subgraph":
            self._problems.error("subgraphs are not read: expected nodes and edges", first.place)
            raise _WrongError
        if self._take("="):
            self._attribute(first, self._name("a value"))
            return
        chain = [first]
        while self._take("->"):
            chain.append(self._name("a node"))
        if len(chain) > 1:
            attributes = self._defaults["edge"] | dict(self._attributes())
            pairs = itertools.pairwise(chain)
            self._read.edges += [DotEdge(a.text, b.text, first.place, attributes) for a, b in pairs]
            return
        attributes = dict(self._attributes())
        known = self._read.nodes.get(first.text)
        if known is None:
            attributes = self._defaults["node"] | attributes
            self._read.nodes[first.text] = DotNode(first.text, first.place, attributes)
        else:
            known.attributes |= attributes

    def _default(self, what: _Token) -> None:
        for name, value in self._attributes():
            if what.text == "graph":
                self._attribute(_Token("word", name, what.place), _Token("word", value, what.place))
            else:
                self._defaults[what.text][name] = value

    def _attribute(self, name: _Token, value: _Token) -> None:
        self._read.attributes[name.text] = value.text
        self._read.places[name.text] = value.place

    def _attributes(self) -> Iterator[tuple[str, str]]:
        while self._take("["):
            while not self._take("]"):
                if self._take(",", ";"):
                    continue
                name = self._name("an attribute or ']'")
                self._expect("=")
                yield name.text, self._name("a value").text
