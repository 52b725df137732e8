"""SAM's graph files: the part of Graphviz's language that they are written in, and its meaning."""
