"""Orders of loops that let ops read results as other ops write them."""
