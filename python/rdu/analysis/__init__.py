"""What a program does: access patterns and costs. Nothing here changes the IR."""
