"""The palette: what drawings and documents are coloured with, each at 4.5:1 or more on its ground (WCAG 2.2 AA)."""

from __future__ import annotations

LIGHT = {
    "ground": "#ffffff",
    "raised": "#f3f5f7",
    "ink": "#1a1d21",
    "muted": "#555b63",
    "rule": "#c9ced5",
    "link": "#0b57a4",
    "series-1": "#1d5fa6",
    "series-2": "#a85400",
    "series-3": "#3d6b1f",
    "series-4": "#7b3f98",
}
DARK = {
    "ground": "#15181c",
    "raised": "#22272d",
    "ink": "#eceef1",
    "muted": "#b4bac3",
    "rule": "#4a525c",
    "link": "#8cc2ff",
    "series-1": "#6fb1f5",
    "series-2": "#f0a35e",
    "series-3": "#93c572",
    "series-4": "#cf9fe6",
}
"""``rule`` is the colour of lines that carry nothing by themselves; ``raised`` is a ground as well."""

SERIES = tuple(name for name in LIGHT if name.startswith("series-"))
