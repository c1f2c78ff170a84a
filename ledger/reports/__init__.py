"""Reports: folds of what the book holds, returned as tables. They never see the store."""
