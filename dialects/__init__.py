"""The dialects of the compiler: what the IR is. Import them only as `rdu.dialects.<name>`."""
