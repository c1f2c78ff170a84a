"""Drawings: charts as SVG, and as PNG from the same SVG."""
