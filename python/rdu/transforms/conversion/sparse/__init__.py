"""The parts of `linalg-to-sam`: reading statements out of linalg, writing graphs of primitives."""
