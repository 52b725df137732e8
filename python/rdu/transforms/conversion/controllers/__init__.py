"""Writing controllers: the memories around kernels, and the scalar bodies of kernels."""
