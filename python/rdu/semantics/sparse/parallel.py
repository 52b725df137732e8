"""One stream shared out over several branches, and branches brought together again."""

from collections.abc import Sequence
from typing import Any

from rdu.semantics.sparse.fibers import Tokens, group, misaligned, ungroup
from rdu.semantics.tokens import DONE, Stop

MOST_COPIES = 256
"""Branches that compilers make of a stream, at most: no machine has units for so many."""


def fork(ways: int, chunk: int, stream: Tokens) -> list[Tokens]:
    """Share a stream out: `chunk` tokens to the first branch, as many to the next, and so on.

    Stops and the end go to all branches. The turn goes on from one fiber to the next, so that short
    fibers burden all branches alike. A chunk of 1 is Comal's fork. Streams of one shape that are
    forked alike stay of one shape on each branch.

    Tokens of a branch: p = its share of p(stream), s(stream).
    """
    branches: list[Tokens] = [[] for _ in range(ways)]
    sent = 0
    for token in stream:
        if isinstance(token, Stop) or token is DONE:
            for branch in branches:
                branch.append(token)
        else:
            branches[sent // chunk % ways].append(token)
            sent += 1
    return branches


def join(chunk: int, branches: Sequence[Tokens], like: Tokens, gap: int = 0) -> Tokens:
    """Bring branches together in the order of the stream that was forked.

    Args:
        chunk: how many tokens of `like` went to a branch in turn.
        branches: what became of each: a stream `gap` levels deeper than `like`.
        like: the stream that was forked. It tells what an empty branch is: without it `S1 D` could
            be one row without content or none.
        gap: how many levels deeper the branches are.

    Tokens: those of what the branches would have sent unforked: p = the sum of theirs.
    """
    shares = fork(len(branches), chunk, like)
    walks = [iter(group(s, b, gap)) for s, b in zip(shares, branches, strict=True)]
    joined: Tokens = []
    sent = 0
    for token in like:
        if isinstance(token, Stop) or token is DONE:
            ends: list[Any] = [next(walk) for walk in walks]
            if any(end != token for end in ends):
                raise misaligned(token, *ends)
            joined.append(token)
        else:
            joined.append(next(walks[sent // chunk % len(walks)]))
            sent += 1
    return ungroup(joined, gap)[1]
