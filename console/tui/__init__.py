"""The terminal application: Textual lives in this room and nowhere else."""
