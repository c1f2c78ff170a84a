"""Trackers: somebody else's table of totals by donor and category, read to be compared and never recorded."""
