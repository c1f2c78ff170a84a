"""The store: where a book is kept. The only floor that knows SQL."""
