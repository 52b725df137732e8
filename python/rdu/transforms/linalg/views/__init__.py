"""Views of tensors: dimensions cut into factors, and ops that only read in another order."""
