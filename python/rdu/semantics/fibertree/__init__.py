"""Tensors as trees of fibers: levels and values in NumPy arrays, one format for each level.

A tensor is stored as a tree with one level for each dimension, outermost first. The coordinates
under one parent are a fiber; a child is a position in the next level, or among the values. A walk
of the tree needs of a level only where a fiber's children start and which coordinates they have.
The formats and the words follow Chou, Kjolstad and Amarasinghe, "Format abstraction for sparse
tensor algebra compilers", OOPSLA 2018, and SAM (Hsu et al., ASPLOS 2023).
"""

from rdu.semantics.fibertree.build import build, convert, store
from rdu.semantics.fibertree.check import Flaw, find_flaws
from rdu.semantics.fibertree.coordinates import Coordinates, Zeros
from rdu.semantics.fibertree.format import NAMED_FORMATS, Format, LevelFormat, bsr
from rdu.semantics.fibertree.levels import (
    BitvectorLevel,
    CompressedLevel,
    DenseLevel,
    Level,
    SingletonLevel,
)
from rdu.semantics.fibertree.statistics import Statistics, count_fibers, describe
from rdu.semantics.fibertree.tree import Fibertree

__all__ = [
    "NAMED_FORMATS",
    "BitvectorLevel",
    "CompressedLevel",
    "Coordinates",
    "DenseLevel",
    "Fibertree",
    "Flaw",
    "Format",
    "Level",
    "LevelFormat",
    "SingletonLevel",
    "Statistics",
    "Zeros",
    "bsr",
    "build",
    "convert",
    "count_fibers",
    "describe",
    "find_flaws",
    "store",
]
