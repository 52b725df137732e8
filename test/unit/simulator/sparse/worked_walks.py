"""Worked examples of primitives that walk tensors, join streams and compute values."""

from firing_table import ROOT_STREAM, Worked

WALKS = (
    # A reference is popped with the stop of the fiber before, or with the first of its own.
    Worked(
        "lookup",
        [("0 1 2 S0 D", 1)],
        2,
        """
        a -> x0 y0
        -> x2 y1
        a -> xS0 yS0
        a -> xS0 yS0
        -> x3 y2
        a -> xS1 yS1
        a -> xD yD
        """,
        {"storage": "compressed"},
        [[0, 2, 2, 3], [0, 2, 3]],
    ),
    Worked(
        "lookup",
        [("1 0 S0 D", 1)],
        2,
        """
        a -> x2 y1
        a -> xS0 yS0
        -> x1 y0
        a -> xS1 yS1
        a -> xD yD
        """,
        {"storage": "singleton"},
        [[1, 2]],
    ),
    Worked(
        "lookup",
        [("0 D", 0)],
        2,
        """
        a -> x0 y0
        -> x1 y1
        (a) -> xS0 yS0
        a -> xD yD
        """,
        {"storage": "dense", "extent": 2},
    ),
    # 40 coordinates take two words, the second of which has the bits set in the first before it.
    Worked(
        "lookup",
        [("1 N S0 D", 1)],
        2,
        """
        a -> x3 y4
        -> x128 y6
        a -> xS0 yS0
        -> xN yN
        a -> xS1 yS1
        a -> xD yD
        """,
        {"storage": "bitvector", "extent": 40},
        [[0, 4, 7], [15, 0, 3, 128]],
    ),
    Worked(
        "bounds",
        [("1 N 0 S0 D", 1)],
        2,
        """
        a -> x2 y5
        a -> xN yN
        a -> x0 y2
        a -> xS0 yS0
        a -> xD yD
        """,
        {"storage": "segments"},
        [[0, 2, 5]],
    ),
    # As a lookup: the fiber before ends with the pair behind it, and an empty one takes a firing.
    Worked(
        "range",
        [("0 2 2 S0 N S0 3 S1 D", 2), ("2 2 3 S0 N S0 3 S1 D", 2)],
        1,
        """
        ab -> x0
        -> x1
        ab -> xS0
        ab -> xS0
        -> x2
        ab -> xS1
        ab -> xN
        ab -> xS1
        ab ->
        ab -> xS2
        ab -> xD
        """,
    ),
    Worked(
        "range",
        [("4 D", 0), ("5 D", 0)],
        1,
        """
        ab -> x4
        (ab) -> xS0
        ab -> xD
        """,
    ),
    Worked(
        "fetch",
        [("1 N S0 D", 1)],
        1,
        """
        a -> x7
        a -> xN
        a -> xS0
        a -> xD
        """,
        {"storage": "coordinates"},
        [[3, 7]],
    ),
    # A parent is popped with the first of its fiber.
    Worked(
        "locate",
        [("0 3 S0 1 S1 D", 2), ("2 4 S0 D", 1)],
        1,
        """
        ab -> x10
        a -> x13
        a -> xS0
        ab -> x21
        ab -> xS1
        ab -> xD
        """,
        {"storage": "dense", "extent": 5},
    ),
    Worked(
        "locate",
        [("0 3 9 S0 D", 1), ROOT_STREAM],
        1,
        """
        a -> xN
        a -> x1
        a -> xN
        a -> xS0
        a -> xD
        """,
        {"storage": "bitvector", "extent": 9},
        [[0, 2], [10]],
    ),
    Worked(
        "array",
        [("1 N S0 D", 1)],
        1,
        """
        a -> x6
        a -> x0
        a -> xS0
        a -> xD
        """,
        {"storage": "values"},
        [[5, 6]],
    ),
    # A firing a token where nothing is sent.
    Worked(
        "scatter", [("1 S0 D", 1), ("6 S0 D", 1)], 0, "ab ->\n" * 3, {"storage": "values"}, [[0, 0]]
    ),
    Worked(
        "write_values",
        [("6 S0 D", 1), ("1 S0 D", 1)],
        0,
        "ab ->\n" * 3,
        {"storage": "values"},
        [[0]],
    ),
    # A token of the level above whose fiber is empty takes a firing, if no stop goes with it.
    Worked(
        "write_fibers",
        [("1 2 S0 S1 D", 2), ("7 8 S0 D", 1)],
        0,
        """
        ab ->
        a ->
        a ->
        b(a) ->
        ab ->
        ab ->
        """,
        {"storage": "compressed"},
        [[0, 0, 0], [0, 0]],
    ),
    Worked(
        "repeat_like",
        [("7 8 9 S0 D", 1), ("1 2 S0 S0 S1 D", 2)],
        1,
        """
        ab -> x7
        b -> x7
        b -> xS0
        ab -> xS0
        a(b) ->
        ab -> xS1
        ab -> xD
        """,
    ),
    # An answer comes with each token that is sent; behind a stop, those of the fiber before say
    # nothing, up to the stop among them.
    Worked(
        "skip_lookup",
        [("0 1 S0 D", 1), ("0 7 N S0 0 S1 D", 2)],
        2,
        """
        ab -> x0 y0
        b -> x7 y2
        ab -> xS0 yS0
        b -> x3 y4
        b -> x8 y5
        ab -> xS1 yS1
        ab -> xD yD
        """,
        {"storage": "compressed"},
        [[0, 4, 6], [0, 2, 7, 9, 3, 8]],
    ),
    Worked(
        "skip_lookup",
        [("0 D", 0), ("0 5 N D", 0)],
        2,
        """
        ab -> x0 y0
        b -> x5 y5
        b(a) -> xS0 yS0
        ab -> xD yD
        """,
        {"storage": "dense", "extent": 9},
    ),
    # All heads are compared; only the sides that are behind are popped.
    Worked(
        "intersect",
        [("0 2 4 5 S0 D", 1), ("2 3 5 S0 D", 1), ("0 1 2 3 S0 D", 1), ("0 1 2 S0 D", 1)],
        3,
        """
        ac(bd) ->
        abcd -> x2 y1 z0
        bd(ac) ->
        ac(bd) ->
        abcd -> x5 y3 z2
        abcd -> xS0 yS0 zS0
        abcd -> xD yD zD
        """,
        sam=(3, 8),
    ),
    Worked(
        "intersect",
        [("N S0 D", 1), ("2 3 S0 D", 1), ("N S0 D", 1), ("0 1 S0 D", 1)],
        3,
        """
        bd(ac) ->
        bd(ac) ->
        ac(bd) -> xN yN zN
        abcd -> xS0 yS0 zS0
        abcd -> xD yD zD
        """,
    ),
    # A token that is popped is answered: by the greatest head, by `N` if a side has no coordinate.
    Worked(
        "skip",
        [("0 2 4 5 S0 D", 1), ("2 3 S0 D", 1)],
        2,
        """
        a(b) -> x2
        ab -> x2 y2
        b(a) -> y4
        a(b) -> xN
        a(b) -> xN
        ab -> xS0 yS0
        ab -> xD yD
        """,
    ),
    Worked(
        "skip",
        [("N S0 D", 1), ("2 3 S0 D", 1)],
        2,
        """
        b(a) -> yN
        b(a) -> yN
        a(b) -> xN
        ab -> xS0 yS0
        ab -> xD yD
        """,
    ),
    Worked(
        "union",
        [("0 2 S0 N S1 D", 2), ("2 3 S0 5 S1 D", 2), ("0 1 S0 N S1 D", 2), ("0 1 S0 2 S1 D", 2)],
        3,
        """
        ac(bd) -> x0 y0 zN
        abcd -> x2 y1 z0
        bd(ac) -> x3 yN z1
        abcd -> xS0 yS0 zS0
        abcd -> x5 yN z2
        abcd -> xS1 yS1 zS1
        abcd -> xD yD zD
        """,
    ),
    Worked(
        "apply",
        [("2 3 S0 D", 1), ("5 N S0 D", 1)],
        1,
        """
        ab -> x7
        ab -> x3
        ab -> xS0
        ab -> xD
        """,
        {"function": "addi"},
    ),
    Worked(
        "apply",
        [("1 0 N S0 D", 1), ("5 6 7 S0 D", 1), ("8 N 9 S0 D", 1)],
        1,
        """
        abc -> x5
        abc -> x0
        abc -> x9
        abc -> xS0
        abc -> xD
        """,
        {"function": "select"},
    ),
    Worked(
        "reduce",
        [("5 7 S0 S1 D", 2), ("0 1 S0 D", 1)],
        1,
        """
        a ->
        a ->
        ab -> x12
        b(a) -> x0
        ab -> xS0
        ab -> xD
        """,
        {"function": "addi"},
    ),
    # Each vector n, n + 1, n + 2, n + 3 leaves as its total.
    Worked(
        "fold",
        [("5 7 S0 1 S1 D", 2)],
        1,
        """
        a -> x26
        a -> x34
        a -> xS0
        a -> x10
        a -> xS1
        a -> xD
        """,
        {"function": "addi", "lanes": 4},
        lanes=4,
    ),
    # What is given at the end leaves a token a cycle, and holds up no firing.
    Worked(
        "accumulate",
        [("0 1 S0 D", 1), ("3 0 S0 3 S1 D", 2), ("1 2 S0 3 S1 D", 2)],
        2,
        """
        abc ->
        bc ->
        bc ->
        abc ->
        abc -> x0 x3 xS0 y2 y4 yS0
        abc -> xD yD
        """,
        {"function": "addi"},
    ),
    # So is a fiber in order: it leaves while the next one comes.
    Worked(
        "sort",
        [("2 3 5 S0 S0 7 S1 D", 2), ("4 9 4 S0 S0 1 S1 D", 2)],
        3,
        """
        ab ->
        ab ->
        ab ->
        ab -> x0 y9 z3 x1 y4 z2 xS0 yS0 zS0
        ab -> xS0 yS0 zS0
        ab ->
        ab -> x0 y1 z7 xS1 yS1 zS1
        ab -> xD yD zD
        """,
        {"function": "descending", "settings": (2,)},
    ),
)
