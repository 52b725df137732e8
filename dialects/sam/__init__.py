"""The `sam` dialect: sparse tensor algebra as streams of tokens between primitives."""

from rdu.dialects.sam.graph import BindOp, FiberWriteOp, GraphOp, RootOp, YieldOp
from rdu.dialects.sam.primitives import (
    AluOp,
    ArrayOp,
    FiberLookupOp,
    IntersectOp,
    ReduceOp,
    RepeatOp,
)
from rdu.dialects.sam.streams import Sam, StreamType, TensorType

__all__ = [
    "AluOp",
    "ArrayOp",
    "BindOp",
    "FiberLookupOp",
    "FiberWriteOp",
    "GraphOp",
    "IntersectOp",
    "ReduceOp",
    "RepeatOp",
    "RootOp",
    "Sam",
    "StreamType",
    "TensorType",
    "YieldOp",
]
