"""PyTorch frontend: `torch.export`, torch-mlir, then linalg on tensors with the user's lines.

`import torch` happens when a model is imported, never when this package is.
"""

from rdu.frontends.torch.importer import import_module
from rdu.frontends.torch.model import ImportedModel, TensorSignature

__all__ = ["ImportedModel", "TensorSignature", "import_module"]
