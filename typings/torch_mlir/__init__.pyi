# torch-mlir ships no types for its core bindings; without this every use would be unknown.
from typing import Any

def __getattr__(name: str) -> Any: ...
