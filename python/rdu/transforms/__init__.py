"""Passes: one a file, named after their levels; conversions are the files that see two dialects."""
