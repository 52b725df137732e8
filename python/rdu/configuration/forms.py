"""The forms of a statement beyond the plain ones: an example of each and what it says.

The page of the text shows them; the tests read them.
"""

from __future__ import annotations

from typing import NamedTuple

from rdu.configuration.sparse import FORMS, STORAGES, Form, roles, setting_names, setting_range


class Group(NamedTuple):
    """Forms that go together: what they are for, and pairs of an example and its meaning."""

    title: str
    forms: tuple[tuple[str, str], ...]


_PORTS = {
    "crd": "ijklmn",
    "ref": "rstuof",
    "val": "vwxz",
    "int": "vw",
    "x": "pqyh",
    "any": "a",
    "bv": "bcdeg",
    "skip": "kl",
}
"""Names for the ports of an example, by role; what comes out goes on where what came in ended."""

_FUNCTIONS = {"operation": "mulf", "reduction": "addf", "comparison": "le", "order": "descending"}
_TWICE = 2


def _line(word: str, form: Form) -> str:
    """Return an example of a primitive; a role with `*` is taken twice."""
    names = {role: iter(letters) for role, letters in _PORTS.items()}
    inputs, outputs = (
        " ".join(next(names[role]) for role in roles(side, _TWICE))
        for side in (form.inputs, form.outputs)
    )
    text = " ".join(filter(None, (word, _FUNCTIONS.get(form.function or ""), inputs)))
    kind = next((kind for kind in form.storages if kind != "dense"), None)
    if kind is not None and not form.in_memory:
        parts = ("64" if part == "extent" else f"B.{part}" for part in STORAGES[kind])
        text += f" of {kind}({', '.join(parts)})"
    settings = (f"{name} {min(2, setting_range(name)[1])}" for name in setting_names(form, _TWICE))
    if form.settings:
        text += f" with {', '.join(settings)}"
    return f"{text} -> {outputs}" if outputs else text


def _primitives() -> tuple[tuple[str, str], ...]:
    """Return an example of every sparse primitive, with what its table says of it."""
    return tuple(
        (_line(word, form), f"{'stores' if form.stores else 'gives'} {form.summary}.")
        for word, form in FORMS.items()
    )


GROUPS = (
    Group(
        "Ports that act only sometimes",
        (
            (
                "in bias : vector f32 @n when first m else 0.0",
                "pops only where its condition holds, here in the first iteration of counter `m` "
                "within the iteration outside it; elsewhere the port is its `else` constant, "
                "spelt in its own type, and the token stays.",
            ),
            (
                "out done : control @n when last m",
                "pushes only in the last iteration of `m`. A condition names counters of the "
                "port's level or outside it, and `last` one with bounds.",
            ),
            (
                "out y : vector f32 @k when k - 2*n >= 4",
                "compares two affine expressions over counters: `<`, `<=`, `==`, `!=`, `>`, `>=`.",
            ),
            (
                "in x : scalar f32 @k when not done else 0.0",
                "asks for a value: a scalar i1 input that is declared before and held, for "
                "outputs also any i1 result; `when done` is the opposite.",
            ),
        ),
    ),
    Group(
        "Loops whose length is data",
        (
            (
                "count k start..size par 16",
                "takes its bounds from scalar i32 inputs of an outer level, once for each "
                "iteration outside; a loop without trips makes one empty firing.",
            ),
            (
                "repeat forever",
                "passes without end: the context is finished whenever it stands before a pass. "
                "In each it pops from one that ends, whatever the data.",
            ),
        ),
    ),
    Group(
        "Streams",
        (
            (
                "in a : stream vector f32 @j",
                "pops values, stops that end a fiber and those around it, and one done at the end.",
            ),
            (
                "count j until a",
                "counts the values of stream `a` to its next stop; with `count i until a` outside "
                "it, `i` counts fibers. Such counters stand outermost, without a `repeat`.",
            ),
            (
                "out y : stream scalar f32 @i",
                "pushes values at its level and the stops of the levels outside it, done last.",
            ),
            ("filter x by p -> y", "passes on the values of `x` where the i1 stream `p` is true."),
            (
                "partition x by w -> y0 y1",
                "deals out the values of `x`: `w` is the number of the output, counted from 0.",
            ),
            (
                "reassemble x0 x1 by w -> y",
                "is the inverse: takes the next value from the input that `w` says.",
            ),
            (
                "merge x0 x1 -> y source z",
                "takes values as they arrive; `source z`, if written, says from which input.",
            ),
            ("compact x -> y", "packs the live lanes of vectors into full vectors."),
        ),
    ),
    Group(
        "Memories and tiers",
        (
            (
                "update bins[key] buffer @pass addi <- one -> old",
                "is a read-modify-write, lane by lane: `bins[key] = addi(bins[key], one)`; "
                "`-> old` delivers what was there and may be left out.",
            ),
            (
                "read table[32*row + k] buffer @pass -> data",
                "has an i32 input, `row`, in its address, as `write` and `update` can; each is "
                "checked when it runs.",
            ),
            ("load t[row, k] -> data", "gathers: an index may have i32 inputs, too."),
            ("store t[row, k] <- data", "scatters."),
            (
                "read line[k] buffer @m back r -> data",
                "reaches `r` buffers back: the last rows of an image stay in a memory as a window. "
                "The writer's channel then starts with that many fewer `init` tokens.",
            ),
            (
                "memory tile : f32 words 1024 skew 32",
                "lies in diagonals: address a is in bank `(a + a / 32) mod banks`, so that rows "
                "and columns of a 32-wide tile go without conflict.",
            ),
        ),
    ),
    Group(
        "Systolic arrays and channels",
        (
            (
                "y = systolic a b over k",
                "sums up the outer products of vectors `a` and `b` over `k`, on a machine with an "
                "array; it is the first stage, and those behind it see the drained rows.",
            ),
            (
                "to c.main.x capacity 16 discard",
                "may hold tokens when the section ends.",
            ),
            (
                "to c.main.x capacity 16 dynamic vc 1",
                "sends each token as a packet through the dynamic network, here on virtual channel "
                "1; `dynamic` alone is channel 0.",
            ),
        ),
    ),
    Group("Sparse tensors", _primitives()),
)
