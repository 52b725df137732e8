"""Ground floor of the compiler: diagnostics and command-line conventions, free of MLIR."""
