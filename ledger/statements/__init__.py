"""Statements: what each report is made of, from the store's cells to the table that people and programs read."""
