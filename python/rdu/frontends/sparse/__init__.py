"""Sparse tensors in and out: files, SciPy, PyTorch, and the folders of SAM's tools.

`import torch` happens when a tensor of it is taken or made, never when this package is.
"""

from rdu.frontends.sparse.files import load_tensor, save_tensor
from rdu.frontends.sparse.sam_folder import read_folder, write_folder
from rdu.frontends.sparse.scipy_arrays import from_scipy, to_scipy
from rdu.frontends.sparse.torch_tensors import from_torch, to_torch

__all__ = [
    "from_scipy",
    "from_torch",
    "load_tensor",
    "read_folder",
    "save_tensor",
    "to_scipy",
    "to_torch",
    "write_folder",
]
