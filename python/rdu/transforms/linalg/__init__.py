"""Passes on linalg over tensors, before it is lowered."""
