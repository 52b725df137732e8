"""Leaving tokens out: coordinates without content, zeros, stops, and what a mask excludes."""

from collections.abc import Callable
from typing import Any

from rdu.semantics.sparse.fibers import Tokens, align, families, group, is_row, ungroup, unzip
from rdu.semantics.tokens import DONE, EMPTY, Stop, is_payload


def drop_coordinates(outer: Tokens, inner: Tokens, gap: int = 1) -> tuple[Tokens, Tokens]:
    """Leave out coordinates under which a stream `gap` levels deeper holds no payload.

    The deeper stream loses the stops of what was left out, so that both still align; SAM's dropper
    passes it unchanged and leaves that to the drop of empty fibers, which removes the fibers of
    coordinates that stay as well. A value counts as a payload, though it be 0; `N` does not count.

    Tokens: outer p = coordinates that stay, s(outer); inner p(inner) less `N` dropped, s = s(inner)
    less one for each dropped coordinate (but one where all of a fiber go).
    """
    kept = [
        token
        for token in group(outer, inner, gap)
        if not is_row(token) or any(map(is_payload, token[1]))
    ]
    return ungroup(kept, gap)


def drop_values(zero: Any, crds: Tokens, values: Tokens) -> tuple[Tokens, Tokens]:
    """Leave out values that are zero, with their coordinates; fibers may become empty, and stay.

    Both zeros of f32 are zero, NaN is not; `N` is. Streams of one shape. Tokens of each output: p =
    values that stay, s(crds).
    """
    kept = [
        token
        for token in align(crds, values)
        if not is_row(token) or (token[1] is not EMPTY and token[1] != zero)
    ]
    crd, value = unzip(kept, 2)
    return crd, value


def drop_stops(levels: int, stream: Tokens) -> Tokens:
    """Flatten the innermost levels into one: their stops vanish, `Sn` becomes `S(n - levels)`.

    With as many levels as the stream is deep no stop is left, which is SAM's stop-token drop.
    Tokens: p(stream), s = stops of at least `levels`.
    """
    kept = (t for t in stream if not isinstance(t, Stop) or t.level >= levels)
    return [Stop(t.level - levels) if isinstance(t, Stop) else t for t in kept]


def drop_empty_fibers(stream: Tokens) -> Tokens:
    """Leave out fibers without payload, on every level but the outermost, which stays.

    Stops in a row become the highest of them, those before the first payload vanish. Where there is
    no payload at all the last one stays: `S0 S1 D` gives `S1 D`, an empty tensor, where SAM's
    stream ends without a stop. What held the coordinates of the fibers has to drop these too.

    Tokens: p(stream), s = runs of stops that follow a payload, at least 1.
    """
    kept: Tokens = []
    run: list[Stop] = []
    for token in stream:
        if isinstance(token, Stop):
            run.append(token)
            continue
        if run and (kept or token is DONE):
            kept.append(max(run, key=lambda stop: stop.level))
        run = []
        kept.append(token)
    return kept


def mask(
    admits: Callable[[Any, Any], bool], outer: Tokens, crds: Tokens, payloads: Tokens
) -> tuple[Tokens, Tokens]:
    """Leave out coordinates by a predicate of the outer coordinate and theirs, like a triangle.

    Fibers may become empty, and stay. `N` passes. Tokens of each output: p = what stays, s(crds).

    Args:
        admits: whether to keep (outer coordinate, coordinate).
        outer: coordinates one level above.
        crds: the coordinates.
        payloads: what goes with them, of the same shape.
    """
    kept: Tokens = []
    for parent, children, end in families(outer, align(crds, payloads)):
        kept += [
            (crd, payload)
            for crd, payload in children
            if crd is EMPTY or parent is EMPTY or admits(parent, crd)
        ]
        kept.append(Stop(0) if end is None else Stop(end.level + 1))
    crd, payload = unzip([*kept, DONE], 2)
    return crd, payload
