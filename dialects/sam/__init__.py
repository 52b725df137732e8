"""The `sam` dialect: sparse tensor algebra as streams of tokens between primitives."""

from rdu.dialects.sam.bits import (
    BvBuildOp,
    BvChunkOp,
    BvDropOp,
    BvExpandOp,
    BvIntersectOp,
    BvUnionOp,
)
from rdu.dialects.sam.compute import AluOp, SelectOp, UnaryOp
from rdu.dialects.sam.drop import CrdDropOp, FiberDropOp, MaskOp, StopDropOp, ValDropOp
from rdu.dialects.sam.graph import BindOp, FiberWriteOp, GraphOp, RootOp, YieldOp
from rdu.dialects.sam.join import IntersectOp, UnionOp
from rdu.dialects.sam.reductions import AccumulateOp, FoldOp, ReduceOp
from rdu.dialects.sam.scan import FiberLookupOp, GenRefOp, HoldOp, LocateOp, RepeatOp
from rdu.dialects.sam.shape import ConcatOp, FlattenOp, ForkOp, JoinOp, SplitOp
from rdu.dialects.sam.sort import AsValueOp, SortOp
from rdu.dialects.sam.streams import Sam, StreamType, TensorType
from rdu.dialects.sam.values import ArrayOp, AsCrdOp, StoreOp

__all__ = [
    "AccumulateOp",
    "AluOp",
    "ArrayOp",
    "AsCrdOp",
    "AsValueOp",
    "BindOp",
    "BvBuildOp",
    "BvChunkOp",
    "BvDropOp",
    "BvExpandOp",
    "BvIntersectOp",
    "BvUnionOp",
    "ConcatOp",
    "CrdDropOp",
    "FiberDropOp",
    "FiberLookupOp",
    "FiberWriteOp",
    "FlattenOp",
    "FoldOp",
    "ForkOp",
    "GenRefOp",
    "GraphOp",
    "HoldOp",
    "IntersectOp",
    "JoinOp",
    "LocateOp",
    "MaskOp",
    "ReduceOp",
    "RepeatOp",
    "RootOp",
    "Sam",
    "SelectOp",
    "SortOp",
    "SplitOp",
    "StopDropOp",
    "StoreOp",
    "StreamType",
    "TensorType",
    "UnaryOp",
    "UnionOp",
    "ValDropOp",
    "YieldOp",
]
