"""Endings: what feeds a context without a last pass comes, in the end, from contexts with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from rdu.configuration import messages
from rdu.configuration.model import Endpoint, Port, Route, Sparse
from rdu.configuration.verifier.scope import Scope, View
from rdu.configuration.verifier.sparse import answers_of
from rdu.configuration.verifier.uses import data_inputs

Groups = list[list[int]]
"""The contexts behind the inputs of a context, which ends when all of one group have ended."""


def certain_inputs(view: View) -> list[Port]:
    """Return the inputs that pop in every pass: no condition, no loop outside that may be empty."""
    counters = view.context.counters
    certain = len(list(takewhile(lambda counter: counter.extent is not None, counters)))
    return [
        port
        for port in view.context.inputs
        if port.when is None and view.levels.get(port.level, certain + 1) <= certain
    ]


def check_endings(scope: Scope) -> None:
    """Check that no circle of contexts passes its tokens around for ever."""
    names = [f"{view.unit.name}.{view.context.name}" for view in scope.views]
    numbers = {name: number for number, name in reversed(list(enumerate(names)))}
    feeds = {
        sink.to: numbers[f"{net.source.unit}.{net.source.context}"]
        for net in scope.section.nets
        for sink in net.sinks
        if net.source in scope.sources
    }
    endless = _endless([_groups(view, feeds) for view in scope.views])
    for circle in _circles(endless):
        have = ", ".join(f"'{names[number]}'" for number in circle)
        need = "an input, popped in every pass, from a context that ends"
        span = scope.views[circle[0]].context.span
        scope.report(messages.ENDLESS, span, need, have, name=names[circle[0]])


def _groups(view: View, feeds: Mapping[Endpoint, int]) -> Groups:
    """Return the groups of a context; none if the text says how often it passes."""
    return [
        [
            feeds[end]
            for name in names
            if (end := Endpoint(view.unit.name, view.context.name, name)) in feeds
        ]
        for names in _deciding(view)
    ]


def _deciding(view: View) -> Sequence[Sequence[str]]:
    """Return the inputs whose end is a context's: all those of any group."""
    action, counters = view.context.action, view.context.counters
    if isinstance(action, Sparse):
        behind = answers_of(action)  # they only ever follow what the walk sends
        return [[name for name in data_inputs(action) if name not in behind]]
    if isinstance(action, Route):
        return [action.inputs] if action.by is None else [[action.by], action.inputs]
    if counters and counters[0].until is not None:
        return [[counters[0].until]]
    if view.context.repeat is None:
        return [[port.name] for port in certain_inputs(view)]
    return []


def _endless(contexts: Sequence[Groups]) -> dict[int, int]:
    """Return the contexts that never end, each with one that feeds it and never ends either."""
    waiting = {
        (n, i): len(group) for n, groups in enumerate(contexts) for i, group in enumerate(groups)
    }
    readers: dict[int, list[tuple[int, int]]] = {}
    for number, groups in enumerate(contexts):
        for i, group in enumerate(groups):
            for source in group:
                readers.setdefault(source, []).append((number, i))
    ended: set[int] = set()
    ready = [n for n, groups in enumerate(contexts) if not groups or not all(groups)]
    while ready:
        number = ready.pop()
        if number in ended:
            continue
        ended.add(number)
        for key in readers.get(number, ()):
            waiting[key] -= 1
            if not waiting[key]:
                ready.append(key[0])
    return {
        number: next(source for source in groups[0] if source not in ended)
        for number, groups in enumerate(contexts)
        if number not in ended
    }


def _circles(successors: Mapping[int, int]) -> Iterator[list[int]]:
    """Yield each circle of a graph in which every number has one successor, from its least."""
    seen: set[int] = set()
    for start in successors:
        path: dict[int, None] = {}
        number = start
        while number not in seen:
            seen.add(number)
            path[number] = None
            number = successors[number]
        if number in path:
            circle = list(path)[list(path).index(number) :]
            least = circle.index(min(circle))
            yield circle[least:] + circle[:least]
