"""The primitives of sparse tensor algebra, each as the firings of its context."""

from __future__ import annotations

from collections.abc import Mapping

from rdu.simulator.python_engine.sparse.accumulate import Accumulate
from rdu.simulator.python_engine.sparse.bits import BuildBits, ChunkBits, ExpandBits
from rdu.simulator.python_engine.sparse.concat import Concatenate
from rdu.simulator.python_engine.sparse.drop import DropFibers, DropStops, DropValues, Mask
from rdu.simulator.python_engine.sparse.join import Intersect, Union
from rdu.simulator.python_engine.sparse.load import Array, Bounds, Fetch
from rdu.simulator.python_engine.sparse.meet import IntersectBits, UniteBits
from rdu.simulator.python_engine.sparse.parallel import Fork, Join
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.sparse.prune import DropCoordinates
from rdu.simulator.python_engine.sparse.range import Range
from rdu.simulator.python_engine.sparse.reduce import Fold, Reduce
from rdu.simulator.python_engine.sparse.repeat import Repeat
from rdu.simulator.python_engine.sparse.scan import Locate, Lookup
from rdu.simulator.python_engine.sparse.shape import AsCoordinate, Flatten, Number, Split
from rdu.simulator.python_engine.sparse.skip import Skip, SkipLookup
from rdu.simulator.python_engine.sparse.sort import Sort
from rdu.simulator.python_engine.sparse.tree import DropBits
from rdu.simulator.python_engine.sparse.values import Apply
from rdu.simulator.python_engine.sparse.write import Scatter, WriteFibers, WriteValues

__all__ = ["SPARSE", "SparsePrimitive"]

SPARSE: Mapping[str, type[SparsePrimitive]] = {
    "accumulate": Accumulate,
    "apply": Apply,
    "array": Array,
    "as_crd": AsCoordinate,
    "bounds": Bounds,
    "bv_build": BuildBits,
    "bv_chunk": ChunkBits,
    "bv_drop": DropBits,
    "bv_expand": ExpandBits,
    "bv_intersect": IntersectBits,
    "bv_union": UniteBits,
    "concat": Concatenate,
    "crd_drop": DropCoordinates,
    "fetch": Fetch,
    "fiber_drop": DropFibers,
    "flatten": Flatten,
    "fold": Fold,
    "fork": Fork,
    "intersect": Intersect,
    "join": Join,
    "locate": Locate,
    "lookup": Lookup,
    "mask": Mask,
    "number": Number,
    "range": Range,
    "reduce": Reduce,
    "repeat_like": Repeat,
    "scatter": Scatter,
    "skip": Skip,
    "skip_lookup": SkipLookup,
    "sort": Sort,
    "split": Split,
    "stop_drop": DropStops,
    "union": Union,
    "val_drop": DropValues,
    "write_fibers": WriteFibers,
    "write_values": WriteValues,
}
"""Every primitive by its word in the text."""
