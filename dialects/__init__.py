"""The dialects of the compiler: what the IR is. Import them as `rdu.dialects.<name>`, never as `dialects`."""
