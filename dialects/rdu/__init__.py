"""The `rdu` dialect: which unit does it; the configuration as IR."""

from rdu.dialects.rdu.contexts import (
    AcquireOp,
    CounterOp,
    LoadOp,
    PopOp,
    PushOp,
    ReadOp,
    ReduceOp,
    ReleaseOp,
    StoreOp,
    WriteOp,
)
from rdu.dialects.rdu.holder import Rdu
from rdu.dialects.rdu.nets import NetOp
from rdu.dialects.rdu.sections import FormalOp, RunOp, SectionOp, TensorOp
from rdu.dialects.rdu.sparse import ReceiveOp, SendOp, SparseOp
from rdu.dialects.rdu.units import ContextOp, MemoryOp, UnitOp

__all__ = [
    "AcquireOp",
    "ContextOp",
    "CounterOp",
    "FormalOp",
    "LoadOp",
    "MemoryOp",
    "NetOp",
    "PopOp",
    "PushOp",
    "Rdu",
    "ReadOp",
    "ReceiveOp",
    "ReduceOp",
    "ReleaseOp",
    "RunOp",
    "SectionOp",
    "SendOp",
    "SparseOp",
    "StoreOp",
    "TensorOp",
    "UnitOp",
    "WriteOp",
]
