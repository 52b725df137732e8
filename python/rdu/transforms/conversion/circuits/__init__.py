"""The parts of `sam-to-rdu`: tensors as they are stored, primitives as units, sections."""
