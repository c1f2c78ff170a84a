"""Tables of an auditor's package: each from what the store holds to the rows of its file."""
