"""The `pattern` dialect: what is computed, as parallel patterns over index domains."""

from rdu.dialects.pattern.ops import IndexOp, MapOp, Pattern, ReadOp, ReduceOp, YieldOp, ZipOp

__all__ = ["IndexOp", "MapOp", "Pattern", "ReadOp", "ReduceOp", "YieldOp", "ZipOp"]
