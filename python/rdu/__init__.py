"""From PyTorch to a reconfigurable dataflow machine: a compiler and the simulator that judges it."""
