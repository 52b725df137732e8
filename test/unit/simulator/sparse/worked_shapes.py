"""Worked examples of primitives that drop tokens, change levels and share streams out."""

from firing_table import Worked

SHAPES = (
    Worked(
        "mask",
        [("0 1 2 S0 D", 1), ("0 1 S0 1 2 S0 S1 D", 2), ("5 6 S0 7 8 S0 S1 D", 2)],
        2,
        """
        abc -> x0 y5
        bc ->
        bc -> xS0 yS0
        abc -> x1 y7
        bc ->
        bc -> xS0 yS0
        a(bc) ->
        abc -> xS1 yS1
        abc -> xD yD
        """,
        {"function": "le", "settings": (0,)},
    ),
    # From the second row that stays on, what is under it leaves a firing late.
    Worked(
        "crd_drop",
        [("0 1 2 3 S0 D", 1), ("1 S0 1 S0 S0 1 S1 D", 2)],
        2,
        """
        ab -> x0 y1
        b ->
        ab -> x1 yS0
        b -> y1
        ab ->
        ab -> x3 yS0
        (ab) -> y1
        ab -> xS0 yS1
        ab -> xD yD
        """,
        {"settings": (1,)},
        sam=(1, 9),
    ),
    # An empty fiber in front of the first payload is held until that tells that it stays.
    Worked(
        "crd_drop",
        [("0 1 S0 D", 1), ("S0 5 S1 S0 S2 D", 3)],
        2,
        """
        ab ->
        b -> x0 yS0
        b -> y5
        ab ->
        ab -> xS0 yS2
        ab -> xD yD
        """,
        {"settings": (2,)},
    ),
    Worked(
        "val_drop",
        [("1 2 S0 D", 1), ("0.5 0.0 S0 D", 1)],
        2,
        """
        ab -> x1 y0.5
        ab ->
        ab -> xS0 yS0
        ab -> xD yD
        """,
        {"dtype": "f32"},
        values="by",
    ),
    Worked(
        "stop_drop",
        [("1 S0 2 S1 D", 2)],
        1,
        """
        a -> x1
        a ->
        a -> x2
        a -> xS0
        a -> xD
        """,
        {"settings": (1,)},
    ),
    # A token is sent when one that is no stop behind a stop is popped.
    Worked(
        "fiber_drop",
        [("1 S0 S0 3 S1 D", 2)],
        1,
        """
        a ->
        a -> x1
        a ->
        a -> xS0
        a -> x3
        (a) -> xS1
        a -> xD
        """,
    ),
    Worked(
        "number",
        [("5 N 7 S0 D", 1)],
        1,
        """
        a -> x0
        a -> xN
        a -> x1
        a -> xS0
        a -> xD
        """,
    ),
    Worked(
        "as_crd",
        [("3 N S0 -1 S1 D", 2)],
        1,
        """
        a -> x3
        a -> x0
        a -> xS0
        a -> x3
        a -> xS1
        a -> xD
        """,
        {"settings": (4, 1)},
    ),
    # The stop between two chunks takes a firing that pops nothing.
    Worked(
        "split",
        [("0 1 4 6 9 S0 D", 1), ("0 1 2 3 4 S0 D", 1)],
        3,
        """
        ab -> x0 y0 z0
        ab -> y1 z1
        (ab) -> yS0 zS0
        ab -> x1 y0 z2
        ab -> y2 z3
        (ab) -> yS0 zS0
        ab -> x2 y1 z4
        ab -> xS0 yS1 zS1
        ab -> xD yD zD
        """,
        {"settings": (4, 0)},
    ),
    Worked(
        "flatten",
        [("0 1 S0 D", 1), ("0 1 S0 2 S1 D", 2)],
        1,
        """
        ab -> x0
        b -> x1
        b ->
        ab -> x6
        ab -> xS0
        ab -> xD
        """,
        {"settings": (4,)},
        sam=(1, 6),
    ),
    Worked(
        "concat",
        [("0 2 S0 D", 1), ("1 S0 D", 1), ("5 6 S0 D", 1), ("7 S0 D", 1)],
        2,
        """
        ac -> x0 y5
        ac -> x2 y6
        bd(ac) -> x4 y7
        abcd -> xS0 yS0
        abcd -> xD yD
        """,
        {"settings": (0, 0, 3)},
    ),
    # The stop between the rows of two streams takes a firing that pops nothing.
    Worked(
        "concat",
        [("0 S0 D", 1), ("1 S0 D", 1), ("5 S1 D", 2), ("7 8 S1 D", 2)],
        2,
        """
        ac -> x0 y5
        (abcd) -> yS0
        bd(ac) -> x4 y7
        d(ac) -> y8
        abcd -> xS0 yS1
        abcd -> xD yD
        """,
        {"settings": (1, 0, 3)},
    ),
    # An absent fiber is popped and not sent; the first one waits for the heads of all.
    Worked(
        "concat",
        [("N S0 N S1 D", 2), ("1 S0 N S1 D", 2), ("N S0 N S1 D", 2), ("7 S0 N S1 D", 2)],
        2,
        """
        ac(b) ->
        bd(ac) -> x4 y7
        abcd -> xS0 yS0
        ac(b) -> xN yN
        bd(ac) ->
        abcd -> xS1 yS1
        abcd -> xD yD
        """,
        {"settings": (0, 0, 3)},
    ),
    Worked(
        "fork",
        [("0 1 2 S0 D", 1)],
        2,
        """
        a -> x0
        a -> y1
        a -> x2
        a -> xS0 yS0
        a -> xD yD
        """,
        {"settings": (1,)},
    ),
    # The second branch has no stop of its own between its only row, empty, and the next one.
    Worked(
        "join",
        [("5 6 7 S0 D", 1), ("1 2 S0 4 S1 D", 2), ("S1 D", 2)],
        1,
        """
        ab -> x1
        b -> x2
        b -> xS0
        a(c) ->
        (ac) -> xS0
        ab -> x4
        abc -> xS1
        abc -> xD
        """,
        {"settings": (1, 1)},
    ),
)
