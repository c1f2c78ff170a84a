"""What the tables of an auditor's package are read from, streamed or folded in SQL."""
