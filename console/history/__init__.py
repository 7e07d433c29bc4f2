"""The recent past of every model on regular grids; all judgement reads it and nothing else."""
