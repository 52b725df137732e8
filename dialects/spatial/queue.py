"""The contents of a `spatial.fifo` while a program is interpreted."""

from collections import deque

import numpy as np

from rdu.mlir_ext import ir
from rdu.mlir_ext.locations import source_location
from rdu.semantics.dtypes import Array
from rdu.support.diagnostics import RduError, error


class Queue:
    """Elements in order, kept as the runs in which they were pushed."""

    def __init__(self, name: str, dtype: np.dtype) -> None:
        self.name = name
        self.length = 0
        self._runs: deque[Array] = deque()
        self._nothing = np.empty(0, dtype)

    def push(self, values: Array) -> None:
        """Append a copy of the elements in C order."""
        self._runs.append(values.flatten())
        self.length += values.size

    def pop(self, count: int, op: ir.OpView) -> Array:
        """Take the oldest `count` elements, 1-d; raises RduError at `op` if there are fewer."""
        if count > self.length:
            message = f"'{op.operation.name}' takes {count} elements from '{self.name}': expected"
            place = source_location(op.operation.location)
            raise RduError(error(f"{message} at most {self.length}, all that were pushed", place))
        self.length -= count
        taken = [self._nothing]
        while count:
            run = self._runs.popleft()
            if len(run) > count:
                self._runs.appendleft(run[count:])
            taken.append(run[:count])
            count -= len(taken[-1])
        return np.concatenate(taken)
