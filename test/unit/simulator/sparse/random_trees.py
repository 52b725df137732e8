"""Random streams: trees with empty fibers and absent ones, as tokens."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from rdu.semantics.dtypes import DType
from rdu.semantics.tokens import DONE, EMPTY, Stop, flatten

Tokens = list[Any]
DTYPES: tuple[DType, ...] = ("f32", "bf16", "i32")


def value(random: Random, dtype: DType) -> Any:
    """Return a value that every type but i32 has exactly; i32 ones are not negative."""
    if dtype == "i1":
        return random.random() < 0.5
    return random.randint(0, 9) if dtype == "i32" else random.choice((0.0, -0.0, 0.5, 1.0, -3.0))


def rising(random: Random, extent: int, *, least: int = 0) -> list[int]:
    """Return coordinates of a fiber."""
    return sorted(random.sample(range(extent), random.randint(least, min(extent, 4))))


def tree(random: Random, depth: int, fiber: Callable[[], list[Any]]) -> Any:
    """Return nested lists, `depth` deep, whose innermost are made by `fiber`."""
    if depth == 0:
        return (fiber() or [0])[0]
    if depth == 1:
        return fiber()
    return [tree(random, depth - 1, fiber) for _ in range(random.randint(0, 3))]


def coordinates(random: Random, depth: int, extent: int = 12, *, absent: bool = True) -> Tokens:
    """Return a stream of coordinates; some fibers are absent."""

    def fiber() -> list[Any]:
        gone = absent and depth > 0 and random.random() < 0.15
        return [EMPTY] if gone else rising(random, extent, least=depth == 0)

    return flatten(tree(random, depth, fiber), depth)


def beside(random: Random, crds: Tokens, dtype: DType, *, absent: float = 0.1) -> Tokens:
    """Return payloads of the shape of a stream, absent where it is."""

    def payload(token: Any) -> Any:
        if isinstance(token, Stop) or token in (DONE, EMPTY):
            return token
        return EMPTY if random.random() < absent else value(random, dtype)

    return [payload(token) for token in crds]


def under(random: Random, above: Tokens, gap: int, fiber: Callable[[Any], list[Any]]) -> Tokens:
    """Return a stream `gap` levels deeper than another: a tree under each of its tokens.

    `fiber` makes the innermost fibers under a token; with a gap of 0, the first token of them.
    """
    stream: Tokens = []
    is_open = False
    for token in above:
        ends = isinstance(token, Stop)
        if (is_open or ends) and (gap or ends):
            stream.append(Stop(token.level + gap if ends else gap - 1))
        is_open = not ends and token is not DONE
        if is_open:
            stream += _rows(random, gap, lambda token=token: fiber(token))
    return [*stream, DONE]


def _rows(random: Random, gap: int, fiber: Callable[[], list[Any]]) -> Tokens:
    """Return the tokens of a tree without the stop that ends it."""
    if gap == 0:
        return fiber()[:1]
    return flatten(tree(random, gap, fiber), gap)[:-2]
