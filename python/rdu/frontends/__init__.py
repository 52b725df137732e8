"""Frontends: from what people write to linalg on tensors."""
