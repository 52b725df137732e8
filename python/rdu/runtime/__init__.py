"""Tensor data beside a configuration: loading, saving, making up and comparing it."""

from rdu.runtime.compare import TOLERANCE, check_errors, max_relative_error
from rdu.runtime.tensor_files import load_tensors, save_tensors

__all__ = ["TOLERANCE", "check_errors", "load_tensors", "max_relative_error", "save_tensors"]
