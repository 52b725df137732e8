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
from rdu.dialects.rdu.sections import (
    ContextOp,
    FormalOp,
    MemoryOp,
    NetOp,
    Rdu,
    RunOp,
    SectionOp,
    TensorOp,
    UnitOp,
)

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
    "ReduceOp",
    "ReleaseOp",
    "RunOp",
    "SectionOp",
    "StoreOp",
    "TensorOp",
    "UnitOp",
    "WriteOp",
]
