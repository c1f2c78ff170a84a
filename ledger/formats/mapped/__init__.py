"""Tables of anybody's: what a map says of a file's columns, and the findings its rows become."""
