"""Statements of banks and treasuries, read: camt.053, MT940, and tables through a map."""
