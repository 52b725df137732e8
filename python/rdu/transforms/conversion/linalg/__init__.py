"""Reading linalg on tensors: views, structured ops and their bodies."""
