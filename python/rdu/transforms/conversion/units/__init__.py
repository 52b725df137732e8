"""Planning and emitting the units of the fabric, for `spatial-to-rdu`."""
