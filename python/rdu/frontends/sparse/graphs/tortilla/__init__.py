"""The `tortilla` protobuf messages in which Comal and FuseFlow keep graphs, and their meaning."""
