"""Makes what these tests share importable from the folders below."""
