"""Further examples that SAM's own simulator was run on, with the cycles it took.

Its blocks (`sam/sim/src` of weiya711/sam) were given one token an input a cycle; what that
simulator printed is in `sam`. Two of them are not here, as ours are faster: what drops empty fibers
ends in cycle 8 where SAM's ends in 9, what drops bits without anything under them in 5, not 6.
"""

from firing_table import Worked

BY_SAM = (
    Worked(
        "lookup",
        [("0 1 2 3 S0 D", 1)],
        2,
        """
        a -> x0 y0
        -> x2 y1
        a -> xS0 yS0
        a -> xS0 yS0
        -> x3 y2
        a -> xS0 yS0
        -> x1 y3
        -> x2 y4
        a -> xS1 yS1
        a -> xD yD
        """,
        {"storage": "compressed"},
        [[0, 2, 2, 3, 5], [0, 2, 3, 1, 2]],
        sam=(1, 10),
    ),
    Worked(
        "lookup",
        [("0 N 2 S0 D", 1)],
        2,
        """
        a -> x0 y0
        -> x2 y1
        a -> xS0 yS0
        -> xN yN
        a -> xS0 yS0
        -> x3 y2
        a -> xS1 yS1
        a -> xD yD
        """,
        {"storage": "compressed"},
        [[0, 2, 2, 3, 5], [0, 2, 3, 1, 2]],
        sam=(1, 8),
    ),
    Worked(
        "lookup",
        [("0 1 S0 D", 1)],
        2,
        """
        a -> x0 y0
        -> x1 y1
        -> x2 y2
        a -> xS0 yS0
        -> x0 y3
        -> x1 y4
        -> x2 y5
        a -> xS1 yS1
        a -> xD yD
        """,
        {"storage": "dense", "extent": 3},
        sam=(1, 9),
    ),
    Worked(
        "union",
        [("0 2 4 5 S0 D", 1), ("2 3 5 S0 D", 1), ("0 1 2 3 S0 D", 1), ("0 1 2 S0 D", 1)],
        3,
        """
        ac(bd) -> x0 y0 zN
        abcd -> x2 y1 z0
        bd(ac) -> x3 yN z1
        ac(bd) -> x4 y2 zN
        abcd -> x5 y3 z2
        abcd -> xS0 yS0 zS0
        abcd -> xD yD zD
        """,
        sam=(2, 8),
    ),
    Worked(
        "array",
        [("0 3 S0 N 1 S1 D", 2)],
        1,
        """
        a -> x10
        a -> x13
        a -> xS0
        a -> x0
        a -> x11
        a -> xS1
        a -> xD
        """,
        {"storage": "values"},
        [[10, 11, 12, 13]],
        sam=(1, 7),
    ),
    Worked(
        "apply",
        [("2 3 S0 D", 1), ("5 7 S0 D", 1)],
        1,
        """
        ab -> x10
        ab -> x21
        ab -> xS0
        ab -> xD
        """,
        {"function": "muli"},
        sam=(1, 4),
    ),
    Worked(
        "reduce",
        [("5 5 S0 5 S0 4 8 S1 D", 2), ("0 1 2 S0 D", 1)],
        1,
        """
        a ->
        a ->
        ab -> x10
        a ->
        ab -> x5
        a ->
        a ->
        b(a) -> x12
        ab -> xS0
        ab -> xD
        """,
        {"function": "addi"},
        sam=(3, 10),
    ),
    Worked(
        "stop_drop",
        [("1 2 S0 3 S1 D", 2)],
        1,
        """
        a -> x1
        a -> x2
        a ->
        a -> x3
        a -> xS0
        a -> xD
        """,
        {"settings": (1,)},
        sam=(1, 6),
    ),
    Worked(
        "split",
        [("0 1 4 6 9 S0 D", 1), ("0 1 2 3 4 S0 D", 1)],
        3,
        """
        ab -> x0 y0 z0
        ab -> y1 z1
        (ab) -> yS0 zS0
        ab -> x1 y4 z2
        ab -> y6 z3
        (ab) -> yS0 zS0
        ab -> x2 y9 z4
        ab -> xS0 yS1 zS1
        ab -> xD yD zD
        """,
        {"settings": (4, 1)},
        sam=(1, 9),
    ),
    Worked(
        "bv_intersect",
        [("13 S0 D", 1), ("7 S0 D", 1), ("0 S0 D", 1), ("0 S0 D", 1)],
        3,
        """
        abcd -> x5 y0 z0
        -> y1 z2
        abcd -> xS0 yS0 zS0
        abcd -> xD yD zD
        """,
        sam=(1, 4),
    ),
)
