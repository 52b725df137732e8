"""Worked examples of primitives of bit vectors."""

from firing_table import Worked

BITS = (
    Worked(
        "bv_build",
        [("0 2 3 S0 1 S1 D", 2)],
        1,
        """
        a ->
        a ->
        a ->
        (a) -> x13
        a -> xS0
        a ->
        (a) -> x2
        a -> xS1
        a -> xD
        """,
        sam=(4, 9),
    ),
    Worked(
        "bv_expand",
        [("13 0 2 S0 D", 1)],
        1,
        """
        a -> x0
        -> x2
        -> x3
        a ->
        a -> x9
        a -> xS0
        a -> xD
        """,
        {"settings": (4,)},
    ),
    Worked(
        "bv_chunk",
        [("141 S0 D", 1), ("0 S0 D", 1)],
        2,
        """
        ab -> x13 y0
        -> x8 y3
        ab -> xS0 yS0
        ab -> xD yD
        """,
        {"settings": (4, 8)},
        sam=(1, 4),
    ),
    Worked(
        "bv_intersect",
        [("13 8 S0 D", 1), ("7 1 S0 D", 1), ("0 3 S0 D", 1), ("0 3 S0 D", 1)],
        3,
        """
        abcd -> x5 y0 z0
        -> y1 z2
        abcd -> x0
        abcd -> xS0 yS0 zS0
        abcd -> xD yD zD
        """,
    ),
    Worked(
        "bv_union",
        [("9 S0 N S1 D", 2), ("3 S0 2 S1 D", 2), ("0 S0 N S1 D", 2), ("0 S0 2 S1 D", 2)],
        3,
        """
        abcd -> x11 y0 z0
        -> yN z1
        -> y1 zN
        abcd -> xS0 yS0 zS0
        abcd -> x2 yN z2
        abcd -> xS1 yS1 zS1
        abcd -> xD yD zD
        """,
    ),
    # A word is popped with the end of its last fiber, here without the stop of the level above.
    Worked(
        "bv_drop",
        [("5 S0 D", 1), ("3 S0 S1 D", 2)],
        2,
        """
        b(a) -> y3
        b(a) ->
        a(b) -> x1
        ab -> xS0 yS1
        ab -> xD yD
        """,
    ),
)
