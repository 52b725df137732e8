"""Between a level and the level under it: repetition down, reduction up."""

from collections.abc import Callable
from typing import Any

from rdu.semantics.sparse.fibers import Tokens, closing, families
from rdu.semantics.tokens import DONE, EMPTY


def repeat(tokens: Tokens, like: Tokens) -> Tokens:
    """Send each token once for every token of its fiber in `like`, which is one deeper.

    For references this broadcasts a tensor over a level that it does not have, for coordinates it
    is SAM's hold. `N` is repeated like any token, and a fiber that is a lone `N` repeats once.

    Tokens: p(like), s(like).
    """
    repeated: Tokens = []
    for held, children, end in families(tokens, like):
        repeated += [held] * len(children) + closing(end)
    return [*repeated, DONE]


def reduce(
    function: Callable[[Any, Any], Any], identity: Any, zero: Any, values: Tokens, outer: Tokens
) -> Tokens:
    """Reduce each innermost fiber to one value: from left to right, beginning at the identity.

    An empty fiber gives the identity. `outer`, any stream one level above the values, tells what an
    empty fiber is: under `0 S0 D` the values `S1 D` give `0 S0 D`, under `S0 D` they give `S0 D`,
    where SAM's reducer, which does not see the level above, sends a 0 that belongs to nothing.

    Tokens: p(outer), s(outer).
    """
    reduced: Tokens = []
    for parent, children, end in families(outer, values):
        if parent is not None:
            total = identity
            for value in children:
                total = function(total, zero if value is EMPTY else value)
            reduced.append(total)
        if end is not None:
            reduced.append(end)
    return [*reduced, DONE]
