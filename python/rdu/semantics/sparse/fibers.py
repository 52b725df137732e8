"""Streams that belong together: of one shape, or of a level and the level under it.

A stop says that fibers end, not how many there were: in `S1 D`, two deep, the outer fiber is empty
or holds one empty fiber. The level above tells, so whoever has to know reads both.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from rdu.semantics.tokens import DONE, EMPTY, Stop

Tokens = list[Any]


class Family(NamedTuple):
    """A token of a level with what is under it.

    Attributes:
        parent: the payload or `N`; None in an outer fiber that is empty.
        children: the tokens under it, without the stop that ends them.
        end: the stop that follows the parent in its own stream, None if another parent follows.
    """

    parent: Any
    children: Tokens
    end: Stop | None


def is_row(token: object) -> bool:
    """Tell whether a token is a row of tokens: a payload of a stream that stands for several."""
    return isinstance(token, tuple)


def misaligned(*tokens: object) -> ValueError:
    """Return the error of streams that do not fit together."""
    met = " meets ".join(f"'{token}'" for token in tokens)
    return ValueError(f"streams do not align: {met}")


def families(outer: Sequence[Any], inner: Sequence[Any], gap: int = 1) -> Iterator[Family]:
    """Walk a stream together with one that is `gap` levels deeper; ValueError if they disagree."""
    below, above = iter(inner), iter(outer)
    token = next(above)
    while token is not DONE:
        parent, children = None, Tokens()
        if not isinstance(token, Stop):
            parent, token = token, next(above)
            children = [next(below)] if gap == 0 else []
        end = token if isinstance(token, Stop) else None
        for stop in closing(end, gap):
            children += _until(stop, below, gap)
        most = 0 if parent is None else 1 if gap == 0 else len(children)
        if len(children) > most or (gap == 0 and any(map(_is_end, children))):
            raise misaligned(token, children[-1])
        yield Family(parent, children, end)
        token = token if end is None else next(above)
    if (left := next(below)) is not DONE:
        raise misaligned(DONE, left)


def closing(end: Stop | None, gap: int = 1) -> list[Stop]:
    """Return how a family ends in the deeper stream: with one stop, or nothing if `gap` is 0."""
    if end is None:
        return [Stop(gap - 1)] if gap else []
    return [Stop(end.level + gap)]


def group(outer: Sequence[Any], inner: Sequence[Any], gap: int = 1) -> Tokens:
    """Return the outer stream with each payload, or `N`, replaced by (it, what is under it)."""
    grouped: Tokens = []
    for parent, children, end in families(outer, inner, gap):
        if parent is not None:
            grouped.append((parent, children))
        if end is not None:
            grouped.append(end)
    return [*grouped, DONE]


def ungroup(grouped: Sequence[Any], gap: int = 1) -> tuple[Tokens, Tokens]:
    """Return the two streams that `group` put together."""
    outer: Tokens = []
    inner: Tokens = []
    is_open = False
    for token in grouped:
        end = token if isinstance(token, Stop) else None
        if is_open or end is not None:
            inner += closing(end, gap)
        is_open = is_row(token)
        parent, children = _pair(token)
        outer.append(parent)
        inner += children
    return outer, [*inner, DONE]


def align(*streams: Sequence[Any]) -> Tokens:
    """Return one stream of tuples from streams of one shape; ValueError if their stops differ.

    `N` stands inside the tuples.
    """
    aligned: Tokens = []
    if len({len(stream) for stream in streams}) > 1:
        streams = tuple([*stream, "nothing"] for stream in streams)
    for tokens in zip(*streams, strict=False):
        if not any(_is_end(token) for token in tokens):
            aligned.append(tokens)
        elif any(token != tokens[0] for token in tokens):
            raise misaligned(*tokens)
        else:
            aligned.append(tokens[0])
    return aligned


def unzip(stream: Sequence[Any], count: int) -> tuple[Tokens, ...]:
    """Split a stream of tuples, `count` long, into streams of one shape."""
    rows = [token if is_row(token) else (token,) * count for token in stream]
    return tuple([row[column] for row in rows] for column in range(count))


def fibers(*streams: Sequence[Any]) -> Iterator[tuple[list[Tokens], Stop]]:
    """Walk streams of one depth fiber by fiber: the fibers, and the stop that ends all of them.

    Raises ValueError where stops differ.
    """
    walks = [iter(stream) for stream in streams]
    while True:
        walked = [_fiber(walk) for walk in walks]
        ends = [end for _, end in walked]
        if any(end != ends[0] for end in ends):
            raise misaligned(*ends)
        if ends[0] is DONE:
            return
        yield [fiber for fiber, _ in walked], ends[0]


def each_fiber(function: Callable[..., Tokens], *streams: Sequence[Any]) -> Tokens:
    """Return the stream whose fibers are what a function makes of fibers of streams of one depth.

    The stops stay.
    """
    made: Tokens = []
    for parts, end in fibers(*streams):
        made += [*function(*parts), end]
    return [*made, DONE]


def is_absent(fiber: Sequence[Any]) -> bool:
    """Tell whether a fiber of coordinates (or of tuples that begin with them) is a lone `N`."""
    return any((t[0] if is_row(t) else t) is EMPTY for t in fiber)


def _is_end(token: object) -> bool:
    return isinstance(token, Stop) or token is DONE


def _fiber(walk: Iterator[Any]) -> tuple[Tokens, Any]:
    fiber: Tokens = []
    for token in walk:
        if not _is_end(token):
            fiber.append(token)
        elif fiber and token is DONE:
            raise misaligned("a stop", DONE)
        else:
            return fiber, token
    raise misaligned(DONE, "nothing")


def _until(need: Stop, walk: Iterator[Any], gap: int) -> Tokens:
    """Take the tokens before a stop that ends at least `gap` fibers, which has to be `need`."""
    taken: Tokens = []
    for token in walk:
        if token is DONE or (isinstance(token, Stop) and token.level >= gap - 1):
            if token != need:
                raise misaligned(need, token)
            return taken
        taken.append(token)
    raise misaligned(need, "nothing")


def _pair(token: Any) -> tuple[Any, Tokens]:
    return token if is_row(token) else (token, [])
