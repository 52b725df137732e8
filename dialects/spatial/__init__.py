"""The `spatial` dialect: when and where, as explicit memories and controllers."""

from rdu.dialects.spatial.accesses import LoadOp, ReadOp, StoreOp, WriteOp
from rdu.dialects.spatial.controllers import ControllerOp, YieldOp
from rdu.dialects.spatial.memories import (
    Dram,
    DramOp,
    Fifo,
    FifoOp,
    Lut,
    LutOp,
    Reg,
    RegOp,
    Spatial,
    Sram,
    SramOp,
)
from rdu.dialects.spatial.values import IndexOp, PopOp, PushOp, ReduceOp

__all__ = [
    "ControllerOp",
    "Dram",
    "DramOp",
    "Fifo",
    "FifoOp",
    "IndexOp",
    "LoadOp",
    "Lut",
    "LutOp",
    "PopOp",
    "PushOp",
    "ReadOp",
    "ReduceOp",
    "Reg",
    "RegOp",
    "Spatial",
    "Sram",
    "SramOp",
    "StoreOp",
    "WriteOp",
    "YieldOp",
]
