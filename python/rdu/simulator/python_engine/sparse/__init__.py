"""The primitives of sparse tensor algebra, each as the firings of its context."""

from __future__ import annotations

from collections.abc import Mapping

from rdu.simulator.python_engine.sparse.accumulate import Accumulate
from rdu.simulator.python_engine.sparse.join import Intersect, Union
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.sparse.reduce import Reduce
from rdu.simulator.python_engine.sparse.repeat import Repeat
from rdu.simulator.python_engine.sparse.scan import Locate, Lookup
from rdu.simulator.python_engine.sparse.values import Apply, Array
from rdu.simulator.python_engine.sparse.write import Scatter, WriteFibers, WriteValues

__all__ = ["SPARSE", "SparsePrimitive"]

SPARSE: Mapping[str, type[SparsePrimitive]] = {
    "accumulate": Accumulate,
    "apply": Apply,
    "array": Array,
    "intersect": Intersect,
    "locate": Locate,
    "lookup": Lookup,
    "reduce": Reduce,
    "repeat_like": Repeat,
    "scatter": Scatter,
    "union": Union,
    "write_fibers": WriteFibers,
    "write_values": WriteValues,
}
"""Every primitive by its word in the text."""
