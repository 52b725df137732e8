"""What a run may record besides its statistics: its critical path, its timeline."""
