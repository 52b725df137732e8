"""From references to what is stored: the walk of a tensor."""

from collections.abc import Callable
from typing import Any

from rdu.semantics.sparse.fibers import Tokens, families
from rdu.semantics.tokens import DONE, EMPTY, Stop, is_payload


def root() -> Tokens:
    """Start a walk: a reference to the root of any tensor. Tokens: 2."""
    return [0, DONE]


def lookup(fiber: Callable[[Any], list[tuple[Any, Any]]], refs: Tokens) -> tuple[Tokens, Tokens]:
    """Replace each reference by the (coordinate, child) pairs of its fiber.

    A stop rises by one level; a fiber that no stop follows ends with `S0`, which can be known only
    at the next token. `N` gives a fiber that is a lone `N`. A level's format matters to `fiber`
    alone: a dense level has every coordinate, a singleton one each, a bit vector one word.

    Tokens of each output: p = the sizes of the fibers, 1 for `N`; s = s(refs) + references that no
    stop follows.
    """
    pairs: list[Any] = []
    fiber_open = False
    for token in refs:
        if isinstance(token, Stop):
            pairs.append((Stop(token.level + 1), Stop(token.level + 1)))
        elif fiber_open:
            pairs.append((Stop(0), Stop(0)))
        fiber_open = is_payload(token) or token is EMPTY
        if is_payload(token):
            pairs.extend(fiber(token))
        elif not isinstance(token, Stop):
            pairs.append((token, token))
    return [crd for crd, _ in pairs], [child for _, child in pairs]


def locate(find: Callable[[Any, Any], Any], crds: Tokens, parents: Tokens) -> Tokens:
    """Find coordinates in fibers of another tensor's level, without walking these.

    Replaces an intersection where the level is dense, so that every coordinate is there; where it
    is not, what is missing gives `N`, as `N` does and all that is under an absent fiber.

    Args:
        find: the child of (fiber, coordinate), `N` if there is none.
        crds: the coordinates.
        parents: the fibers: one level less deep, or a single one for the whole stream, `0 D`.

    Tokens: p(crds), s(crds).
    """
    if not any(isinstance(token, Stop) for token in parents):
        held = iter(parents[:-1] * len(crds))
        return [_find(find, next(held), c) for c in crds]
    located: Tokens = []
    for parent, children, end in families(parents, crds):
        located += [_find(find, parent, crd) for crd in children]
        located.append(Stop(0) if end is None else Stop(end.level + 1))
    return [*located, DONE]


def number(stream: Tokens) -> Tokens:
    """Generate references: each payload becomes its position in the stream, 0, 1, 2, ...

    So what a stream's values are stored as can be referred to before they are. `N` stays and is not
    counted. Tokens: p(stream), s(stream).
    """
    count = iter(range(len(stream)))
    return [next(count) if is_payload(token) else token for token in stream]


def _find(find: Callable[[Any, Any], Any], parent: Any, crd: Any) -> Any:
    if not is_payload(crd):
        return crd
    return find(parent, crd) if is_payload(parent) else EMPTY
