"""Files that others write or read: one module for each foreign format."""
