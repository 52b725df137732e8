"""Graphs as SAM's compiler makes them, with what has to be told apart in reading them.

Each is the text of a dot file, the shapes of its operands, and what it computes.
"""

from typing import NamedTuple

import numpy as np
from sam_style import dot, values, walk, write


class Case(NamedTuple):
    """A graph, the letters of each operand's extents, and the result of NumPy arrays."""

    text: str
    shapes: dict
    expected: object


MATMUL_ROWS = dot(
    "X=ss01,B=ss01,C=ss01",
    {
        1: walk("i", "B", 0, "root"),
        2: walk("k", "B", 1),
        3: "broadcast",
        4: "repsiggen index=i",
        5: "repeat index=i tensor=C root=true",
        6: walk("k", "C", 0),
        7: "intersect index=k",
        8: "crdhold outer=i inner=k",
        9: walk("j", "C", 1),
        10: "arrayvals tensor=C",
        11: "broadcast",
        12: "crdhold outer=i inner=j",
        13: "repsiggen index=j",
        14: "repeat index=j tensor=B root=false",
        15: "arrayvals tensor=B",
        16: "mul",
        17: "spaccumulator order=1 in0=j in1=i",
        18: values("X"),
        19: write("j", "X", 1),
        20: write("i", "X", 0),
    },
    [
        *("1 2 ref", "1 3 crd", "3 4 crd", "4 5 repsig", "5 6 ref", "6 7 crd in-C"),
        *("2 7 crd in-B", "6 7 ref in-C", "2 7 ref in-B", "3 8 crd i", "7 8 crd k"),
        *("7 9 ref out-C", "9 10 ref", "9 11 crd", "8 12 crd outer-i", "11 12 crd j"),
        *("11 13 crd", "7 14 ref out-B", "13 14 repsig", "14 15 ref", "15 16 val"),
        *("10 16 val", "12 17 crd outer-i", "12 17 crd inner-j", "8 17 crd inner-k"),
        *("16 17 val", "17 18 val", "17 19 crd out-j", "17 20 crd out-i"),
    ],
)
"""X(i,j) = B(i,k) C(k,j) over i, k, j: an accumulator of points, two of which are held."""

MATMUL_REDUCED = dot(
    "X=ss01,B=ss01,C=ss01",
    {
        1: walk("i", "B", 0, "root"),
        2: walk("k", "B", 1),
        3: "broadcast",
        4: "repsiggen index=i",
        5: "repeat index=i tensor=C root=true",
        6: walk("k", "C", 0),
        7: "intersect index=k",
        8: "crdhold outer=i inner=k",
        9: walk("j", "C", 1),
        10: "arrayvals tensor=C",
        11: "broadcast",
        12: "crdhold outer=i inner=j",
        13: "repsiggen index=j",
        14: "repeat index=j tensor=B root=false",
        15: "arrayvals tensor=B",
        16: "mul",
        17: "reduce",
        18: "spaccumulator order=1 in0=j in1=i",
        19: values("X"),
        20: write("j", "X", 1),
        21: write("i", "X", 0),
    },
    [
        *("1 2 ref", "1 3 crd", "3 4 crd", "4 5 repsig", "5 6 ref", "6 7 crd in-C"),
        *("2 7 crd in-B", "6 7 ref in-C", "2 7 ref in-B", "3 8 crd i", "7 8 crd k"),
        *("7 9 ref out-C", "9 10 ref", "9 11 crd", "8 12 crd outer-i", "11 12 crd j"),
        *("11 13 crd", "7 14 ref out-B", "13 14 repsig", "14 15 ref", "15 16 val"),
        *("10 16 val", "16 17 val", "12 18 crd outer-i", "12 18 crd inner-j"),
        *("8 18 crd inner-k", "17 18 val", "18 19 val", "18 20 crd out-j"),
        *("18 21 crd out-i",),
    ],
)
"""The same with a reducer before the accumulator, which passes the products on."""

MATMUL_OUTER = dot(
    "X=ss01,B=ss10,C=ss01",
    {
        1: walk("k", "B", 1, "root"),
        2: walk("k", "C", 0, "root"),
        3: "intersect index=k",
        4: walk("i", "B", 0),
        5: "broadcast",
        6: "repsiggen index=i",
        7: "repeat index=i tensor=C root=false",
        8: walk("j", "C", 1),
        9: "arrayvals tensor=C",
        10: "broadcast",
        11: "crdhold outer=i inner=j",
        12: "repsiggen index=j",
        13: "repeat index=j tensor=B root=false",
        14: "arrayvals tensor=B",
        15: "mul",
        16: "spaccumulator order=2 in0=j in1=i",
        17: values("X"),
        18: write("j", "X", 1),
        19: write("i", "X", 0),
    },
    [
        *("1 3 crd in-B", "2 3 crd in-C", "1 3 ref in-B", "2 3 ref in-C"),
        *("3 4 ref out-B", "4 5 crd", "5 6 crd", "3 7 ref out-C", "6 7 repsig"),
        *("7 8 ref", "8 9 ref", "8 10 crd", "5 11 crd i", "10 11 crd j", "10 12 crd"),
        *("4 13 ref", "12 13 repsig", "13 14 ref", "14 15 val", "9 15 val"),
        *("3 16 crd k", "11 16 crd outer-i", "11 16 crd inner-j", "15 16 val"),
        *("16 17 val", "16 18 crd out-j", "16 19 crd out-i"),
    ],
)
"""X(i,j) = B(i,k) C(k,j) over k, i, j: sums of matrices, of points of an inner pair of levels."""

SPMV_COLUMNS = dot(
    "x=s0,B=ss10,c=s0",
    {
        1: walk("j", "B", 1, "root"),
        2: walk("j", "c", 0, "root"),
        3: "intersect index=j",
        4: walk("i", "B", 0),
        5: "arrayvals tensor=B",
        6: "broadcast",
        7: "repsiggen index=i",
        8: "repeat index=i tensor=c root=false",
        9: "arrayvals tensor=c",
        10: "mul",
        11: "spaccumulator order=1 in0=i",
        12: values("x"),
        13: write("i", "x", 0),
    },
    [
        *("1 3 crd in-B", "2 3 crd in-c", "1 3 ref in-B", "2 3 ref in-c"),
        *("3 4 ref out-B", "4 5 ref", "4 6 crd", "6 7 crd", "3 8 ref out-c"),
        *("7 8 repsig", "8 9 ref", "9 10 val", "5 10 val", "3 11 crd j", "6 11 crd i"),
        *("10 11 val", "11 12 val", "11 13 crd out-i"),
    ],
)
"""x(i) = B(i,j) c(j) by columns: the mode is the dimension, and level 0 is that of mode 1."""

TRANSPOSED = dot(
    "x=s0,b=none,C=ss10,d=s0,e=none,f=s0",
    {
        1: walk("i", "C", 1, "root"),
        2: walk("i", "f", 0, "root"),
        3: "union index=i",
        4: "arrayvals tensor=f",
        5: walk("j", "C", 0),
        6: "broadcast",
        7: "repsiggen index=i",
        8: "broadcast",
        9: "repeat index=i tensor=b root=true",
        10: "repeat index=i tensor=d root=true",
        11: walk("j", "d", 0),
        12: "intersect index=j",
        13: "arrayvals tensor=C",
        14: "arrayvals tensor=d",
        15: "broadcast",
        16: "crddrop outer=i inner=j",
        17: "repsiggen index=j",
        18: "repeat index=j tensor=b root=false",
        19: "arrayvals tensor=b",
        20: "mul",
        21: "mul",
        22: "reduce",
        23: "repeat index=i tensor=e root=true",
        24: "arrayvals tensor=e",
        25: "mul",
        26: "add sub=0",
        27: values("x"),
        28: write("i", "x", 0),
    },
    [
        *("1 3 crd in-C", "2 3 crd in-f", "1 3 ref in-C", "2 3 ref in-f"),
        *("3 4 ref out-f", "3 5 ref out-C", "3 6 crd i", "6 7 crd", "7 8 repsig"),
        *("8 9 repsig", "8 10 repsig", "10 11 ref", "11 12 crd in-d", "5 12 crd in-C"),
        *("11 12 ref in-d", "5 12 ref in-C", "12 13 ref out-C", "12 14 ref out-d"),
        *("12 15 crd j", "6 16 crd i", "15 16 crd j", "15 17 crd", "9 18 ref"),
        *("17 18 repsig", "18 19 ref", "19 20 val", "13 20 val", "20 21 val"),
        *("14 21 val", "21 22 val", "8 23 repsig", "23 24 ref", "24 25 val"),
        *("4 25 val", "22 26 val", "25 26 val", "26 27 val", "16 28 crd outer-i"),
    ],
)
"""x(i) = b C(j,i) d(j) + e f(i): coordinates are dropped whose values are not."""

RESIDUAL = dot(
    "x=s0,b=s0,C=ss01,d=s0",
    {
        1: walk("i", "b", 0, "root"),
        2: walk("i", "C", 0, "root"),
        3: "union index=i",
        4: "arrayvals tensor=b",
        5: walk("j", "C", 1),
        6: "broadcast",
        7: "repsiggen index=i",
        8: "repeat index=i tensor=d root=true",
        9: walk("j", "d", 0),
        10: "intersect index=j",
        11: "arrayvals tensor=C",
        12: "arrayvals tensor=d",
        13: "mul",
        14: "reduce",
        15: "add sub=1",
        16: "crddrop outer=i inner=j",
        17: values("x"),
        18: write("i", "x", 0),
    },
    [
        *("1 3 crd in-b", "2 3 crd in-C", "1 3 ref in-b", "2 3 ref in-C"),
        *("3 4 ref out-b", "3 5 ref out-C", "3 6 crd i", "6 7 crd", "7 8 repsig"),
        *("8 9 ref", "9 10 crd in-d", "5 10 crd in-C", "9 10 ref in-d"),
        *("5 10 ref in-C", "10 11 ref out-C", "10 12 ref out-d", "11 13 val"),
        *("12 13 val", "13 14 val", "4 15 val", "14 15 val", "6 16 crd i"),
        *("10 16 crd in-j", "15 17 val", "16 18 crd outer-i"),
    ],
)
"""x(i) = b(i) - C(i,j) d(j): what is subtracted arrives first."""

PLUS3 = dot(
    "X=ss01,B=ss01,C=ss01,D=ss01",
    {
        1: walk("i", "B", 0, "root"),
        2: walk("i", "C", 0, "root"),
        3: walk("i", "D", 0, "root"),
        4: "union index=i",
        5: walk("j", "B", 1),
        6: walk("j", "C", 1),
        7: walk("j", "D", 1),
        8: "union index=j",
        9: "arrayvals tensor=B",
        10: "arrayvals tensor=C",
        11: "add sub=0",
        12: "arrayvals tensor=D",
        13: "add sub=0",
        14: values("X"),
        15: write("j", "X", 1),
        16: write("i", "X", 0),
    },
    [
        *("1 4 crd in-B", "2 4 crd in-C", "3 4 crd in-D", "1 4 ref in-B"),
        *("2 4 ref in-C", "3 4 ref in-D", "4 5 ref out-B", "4 6 ref out-C"),
        *("4 7 ref out-D", "5 8 crd in-B", "6 8 crd in-C", "7 8 crd in-D"),
        *("5 8 ref in-B", "6 8 ref in-C", "7 8 ref in-D", "8 9 ref out-B"),
        *("8 10 ref out-C", "9 11 val", "10 11 val", "8 12 ref out-D", "11 13 val"),
        *("12 13 val", "13 14 val", "8 15 crd", "4 16 crd"),
    ],
)
"""X(i,j) = B(i,j) + C(i,j) + D(i,j): unions of three."""

SDDMM = dot(
    "X=ss01,B=ss01,C=dd01,D=dd10",
    {
        1: walk("i", "B", 0, "root"),
        2: walk("i", "C", 0, "dense", "root"),
        3: "intersect index=i",
        4: walk("j", "B", 1),
        5: "broadcast",
        6: "repsiggen index=i",
        7: "repeat index=i tensor=D root=true",
        8: walk("j", "D", 1, "dense"),
        9: "intersect index=j",
        10: walk("k", "D", 0, "dense"),
        11: "broadcast",
        12: "crddrop outer=i inner=j",
        13: "repsiggen index=j",
        14: "repeat index=j tensor=C root=false",
        15: walk("k", "C", 1, "dense"),
        16: "intersect index=k",
        17: "arrayvals tensor=C",
        18: "arrayvals tensor=D",
        19: "repsiggen index=k",
        20: "repeat index=k tensor=B root=false",
        21: "arrayvals tensor=B",
        22: "mul",
        23: "mul",
        24: "reduce",
        25: values("X"),
        26: write("j", "X", 1),
        27: write("i", "X", 0),
    },
    [
        *("1 3 crd in-B", "2 3 crd in-C", "1 3 ref in-B", "2 3 ref in-C"),
        *("3 4 ref out-B", "3 5 crd i", "5 6 crd", "6 7 repsig", "7 8 ref"),
        *("8 9 crd in-D", "4 9 crd in-B", "8 9 ref in-D", "4 9 ref in-B"),
        *("9 10 ref out-D", "9 11 crd j", "5 12 crd i", "11 12 crd j", "11 13 crd"),
        *("3 14 ref out-C", "13 14 repsig", "14 15 ref", "15 16 crd in-C"),
        *("10 16 crd in-D", "15 16 ref in-C", "10 16 ref in-D", "16 17 ref out-C"),
        *("16 18 ref out-D", "16 19 crd", "9 20 ref out-B", "19 20 repsig"),
        *("20 21 ref", "21 22 val", "17 22 val", "22 23 val", "18 23 val", "23 24 val"),
        *("24 25 val", "12 26 crd inner-j", "12 27 crd outer-i"),
    ],
)
"""X(i,j) = B(i,j) C(i,k) D(k,j), C and D dense: both written levels come out of a drop."""

DROPS = dot(
    "X=ss01,B=dd01,C=ss10",
    {
        1: walk("i", "B", 0, "dense", "root"),
        2: "broadcast",
        3: "repsiggen index=i",
        4: "repeat index=i tensor=C root=true",
        5: walk("j", "C", 1),
        6: walk("k", "C", 0),
        7: "broadcast",
        8: "repsiggen index=j",
        9: "repeat index=j tensor=B root=false",
        10: walk("k", "B", 1, "dense"),
        11: "intersect index=k",
        12: "arrayvals tensor=B",
        13: "arrayvals tensor=C",
        14: "fp_mul",
        15: "crddrop outer=j inner=k",
        16: "reduce fp=true",
        17: "crddrop outer=i inner=j",
        18: "fp_max",
        19: "crddrop outer=j inner=val mode=0",
        20: "crddrop outer=i inner=j",
        21: values("X"),
        22: write("j", "X", 1),
        23: write("i", "X", 0),
    },
    [
        *("1 2 crd", "2 3 crd", "3 4 repsig", "4 5 ref", "5 6 ref", "5 7 crd"),
        *("7 8 crd", "1 9 ref", "8 9 repsig", "9 10 ref", "10 11 crd in-B"),
        *("6 11 crd in-C", "10 11 ref in-B", "6 11 ref in-C", "11 12 ref out-B"),
        *("11 13 ref out-C", "12 14 val", "13 14 val", "7 15 crd outer-j"),
        *("14 15 val inner-k", "15 16 val inner-k", "15 17 crd inner-j"),
        *("2 17 crd outer-i", "16 18 val val", "17 19 crd outer-j"),
        *("18 19 val inner-val", "19 20 crd outer-j", "17 20 crd outer-i"),
        *("19 21 val inner-val", "20 22 crd inner-j", "20 23 crd outer-i"),
    ],
)
"""X(i,j) = max(B(i,k) C(k,j), 0): values are dropped by coordinates, zeros by value."""

COMPRESSION = dot(
    "x=s0,b=d0",
    {
        1: walk("i", "b", 0, "dense", "root"),
        2: "arrayvals tensor=b",
        3: "crddrop outer=i inner=vals vals=true",
        4: values("x"),
        5: write("i", "x", 0),
    },
    [
        *("1 2 ref", "1 3 crd in-i", "2 3 val in-vals", "3 4 val inner-vals"),
        *("3 5 crd outer-i",),
    ],
)
"""x(i) = b(i): a dense vector without its zeros."""

INNER = dot(
    "x=none,B=ss01,C=ss01",
    {
        1: walk("i", "B", 0, "root"),
        2: walk("i", "C", 0, "root"),
        3: "intersect index=i",
        4: walk("j", "B", 1),
        5: walk("j", "C", 1),
        6: "intersect index=j",
        7: "arrayvals tensor=B",
        8: "arrayvals tensor=C",
        9: "mul",
        10: "reduce",
        11: "reduce",
        12: values("x"),
    },
    [
        *("1 3 crd in-B", "2 3 crd in-C", "1 3 ref in-B", "2 3 ref in-C"),
        *("3 4 ref out-B", "3 5 ref out-C", "4 6 crd in-B", "5 6 crd in-C"),
        *("4 6 ref in-B", "5 6 ref in-C", "6 7 ref out-B", "6 8 ref out-C", "7 9 val"),
        *("8 9 val", "9 10 val", "10 11 val", "11 12 val"),
    ],
)
"""x = B(i,j) C(i,j): a result without coordinates."""

LEAKY = dot(
    "x=s0,b=s0,c=s0",
    {
        1: walk("i", "b", 0, "root"),
        2: walk("i", "c", 0, "root"),
        3: "union index=i",
        4: "arrayvals tensor=b",
        5: "arrayvals tensor=c",
        6: "fp_add",
        7: "broadcast",
        8: "fp_mul rb_const=0.25",
        9: "fp_max",
        10: values("x"),
        11: write("i", "x", 0),
    },
    [
        *("1 3 crd in-b", "2 3 crd in-c", "1 3 ref in-b", "2 3 ref in-c"),
        *("3 4 ref out-b", "3 5 ref out-c", "4 6 val", "5 6 val", "6 7 val", "7 8 val"),
        *("7 9 val", "8 9 val", "9 10 val", "3 11 crd"),
    ],
)
"""x(i) = leaky ReLU of b(i) + c(i): a constant, and a maximum of two streams of one source."""

VECTORS = dot(
    "X=ss01,B=ss01,C=ss01",
    {
        1: walk("i", "B", 0, "root"),
        2: "broadcast",
        3: "repsiggen index=i",
        4: "repeat index=i tensor=C root=true",
        5: walk("k", "C", 0),
        6: walk("k", "B", 1),
        7: "intersect index=k",
        8: "broadcast",
        9: walk("j", "C", 1),
        10: "broadcast",
        11: "repsiggen index=j",
        12: "repeat index=j tensor=B root=false",
        13: "arrayvals tensor=B",
        14: "arrayvals tensor=C",
        15: "mul",
        16: "crddrop outer=k inner=j",
        17: "crddrop outer=k inner=j",
        18: "crddrop outer=i inner=k",
        19: "vectorreducer accum_index=j",
        20: values("X"),
        21: write("j", "X", 1),
        22: write("i", "X", 0),
    },
    [
        *("1 2 crd", "2 3 crd", "3 4 repsig", "4 5 ref", "1 6 ref", "5 7 crd in-C"),
        *("5 7 ref in-C", "6 7 crd in-B", "6 7 ref in-B", "7 8 crd outer-k"),
        *("7 9 ref out-C", "9 10 crd", "10 11 crd", "11 12 repsig", "7 12 ref out-B"),
        *("12 13 ref", "9 14 ref", "13 15 val", "14 15 val", "8 16 crd outer-k"),
        *("15 16 val inner-j", "8 17 crd outer-k", "10 17 crd inner-j", "2 18 crd outer-i"),
        *("17 18 crd inner-k", "17 19 crd inner-j", "16 19 val", "19 20 val"),
        *("19 21 crd out-j", "18 22 crd outer-i"),
    ],
)
"""X(i,j) = B(i,k) C(k,j): a reducer of vectors, of which the reduced level is not connected."""

_PRODUCT = {"B": "ik", "C": "kj"}

CASES = {
    "rows": Case(MATMUL_ROWS, _PRODUCT, lambda b, c: b @ c),
    "rows, reduced": Case(MATMUL_REDUCED, _PRODUCT, lambda b, c: b @ c),
    "vectors": Case(VECTORS, _PRODUCT, lambda b, c: b @ c),
    "outer": Case(MATMUL_OUTER, _PRODUCT, lambda b, c: b @ c),
    "columns": Case(SPMV_COLUMNS, {"B": "ij", "c": "j"}, lambda b, c: b @ c),
    "transposed": Case(
        TRANSPOSED,
        {"b": "", "C": "ji", "d": "j", "e": "", "f": "i"},
        lambda b, c, d, e, f: b * (c.T @ d) + e * f,
    ),
    "residual": Case(RESIDUAL, {"b": "i", "C": "ij", "d": "j"}, lambda b, c, d: b - c @ d),
    "plus3": Case(PLUS3, dict.fromkeys("BCD", "ij"), lambda b, c, d: b + c + d),
    "sddmm": Case(SDDMM, {"B": "ij", "C": "ik", "D": "kj"}, lambda b, c, d: b * (c @ d)),
    "drops": Case(DROPS, _PRODUCT, lambda b, c: np.maximum(b @ c, 0)),
    "compression": Case(COMPRESSION, {"b": "i"}, lambda b: b),
    "inner": Case(INNER, {"B": "ij", "C": "ij"}, lambda b, c: np.sum(b * c)),
    "leaky": Case(
        LEAKY, {"b": "i", "c": "i"}, lambda b, c: np.maximum(b + c, np.float32(0.25) * (b + c))
    ),
}
