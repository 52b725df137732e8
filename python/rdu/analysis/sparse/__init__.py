"""Sparse tensor algebra as data: index expressions, how levels meet, loop orders, what they cost.

Nothing here knows MLIR. A statement computes a tensor from an expression over index variables; an
order of the variables makes it a nest of loops, and each loop walks, merges or locates the levels
that store its variable. The ideas follow Kjolstad et al., "The tensor algebra compiler", OOPSLA
2017, and Hsu et al., "The Sparse Abstract Machine", ASPLOS 2023.
"""
