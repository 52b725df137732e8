"""What every scalar operation means, on NumPy values: one meaning for all levels and engines."""
