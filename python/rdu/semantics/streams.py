"""What stream primitives do to whole streams: the rules on which every engine has to agree.

Streams are lists of tokens (`rdu.semantics.tokens`) that end with `DONE`. The rules follow the
Sparse Abstract Machine (Hsu et al., ASPLOS 2023). Streams that should align but do not raise
ValueError.
"""

from collections.abc import Callable
from typing import Any

from rdu.semantics.tokens import DONE, EMPTY, Stop, is_payload

Tokens = list[Any]


def lookup(fiber: Callable[[Any], list[tuple[Any, Any]]], refs: Tokens) -> tuple[Tokens, Tokens]:
    """Replace each reference by the (coordinate, child) pairs of its fiber.

    A stop rises by one level; a fiber that no stop follows ends with `S0`. An absent reference
    gives an absent coordinate.
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


def repeat(refs: Tokens, like: Tokens) -> Tokens:
    """Send each reference once for every token of its fiber in `like`, which is one deeper."""
    upcoming = iter(refs)
    held = next(upcoming)
    repeated: Tokens = []
    for token in like:
        repeated.append(held if is_payload(token) or token is EMPTY else token)
        if not isinstance(token, Stop):
            continue
        # A reference's fiber ends; a higher stop ends the reference's own fiber as well, and a
        # held stop means that this fiber had no reference at all.
        if token.level and not isinstance(held, Stop):
            held = next(upcoming)
        if token.level and held != Stop(token.level - 1):
            raise ValueError(f"streams do not align: '{token}' meets '{held}'")
        held = next(upcoming)
    return repeated


def intersect(
    crd_a: Tokens, ref_a: Tokens, crd_b: Tokens, ref_b: Tokens
) -> tuple[Tokens, Tokens, Tokens]:
    """Merge two coordinate streams, keeping what both have with the references of both."""
    a = b = 0
    out: list[tuple[Any, Any, Any]] = []
    while crd_a[a] is not DONE or crd_b[b] is not DONE:
        left, right = crd_a[a], crd_b[b]
        absent = left is EMPTY or right is EMPTY
        take_a = absent or _rank(left) <= _rank(right)
        take_b = absent or _rank(right) <= _rank(left)
        if absent:
            out.append((EMPTY, EMPTY, EMPTY))
        elif take_a and take_b:
            if left != right:
                raise ValueError(f"streams do not align: '{left}' meets '{right}'")
            out.append((left, ref_a[a], ref_b[b]))
        a, b = a + take_a, b + take_b
    out.append((DONE, DONE, DONE))
    crds, refs_a, refs_b = (list(column) for column in zip(*out, strict=True))
    return crds, refs_a, refs_b


def load(fetch: Callable[[Any], Any], zero: Any, refs: Tokens) -> Tokens:
    """Fetch the value at each reference; an absent one gives `zero`."""
    values = {EMPTY: zero, DONE: DONE}
    return [
        token if isinstance(token, Stop) else fetch(token) if is_payload(token) else values[token]
        for token in refs
    ]


def combine(function: Callable[[Any, Any], Any], lhs: Tokens, rhs: Tokens) -> Tokens:
    """Apply a function to two value streams, token by token; control tokens have to agree."""
    combined: Tokens = []
    for left, right in zip(lhs, rhs, strict=True):
        if is_payload(left) and is_payload(right):
            combined.append(function(left, right))
        elif left == right:
            combined.append(left)
        else:
            raise ValueError(f"streams do not align: '{left}' meets '{right}'")
    return combined


def reduce(function: Callable[[Any, Any], Any], identity: Any, values: Tokens) -> Tokens:
    """Reduce each innermost fiber to one value, in order; an empty one gives the identity."""
    reduced: Tokens = []
    total: Any = None
    for token in values:
        if is_payload(token):
            total = token if total is None else function(total, token)
            continue
        if isinstance(token, Stop):
            reduced.append(identity if total is None else total)
            total = None
        if token is DONE:
            reduced.append(DONE)
        elif isinstance(token, Stop) and token.level:
            reduced.append(Stop(token.level - 1))
    return reduced


def _rank(token: Any) -> float:
    """Order tokens for a merge: coordinates by value, stops and the end after all of them."""
    return token if is_payload(token) else float("inf")
