"""IATI activities, written: from pledges and what became of them to a file of version 2.03."""
