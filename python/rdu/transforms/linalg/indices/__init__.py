"""Accesses by values, in torch-mlir's forms, written as comparisons of positions."""
