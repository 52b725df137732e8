"""What deadlocks: foreseen by token counts, told as a circular wait, ended by more room."""
