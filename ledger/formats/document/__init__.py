"""Documents: reports for people as one file that needs nothing else."""
