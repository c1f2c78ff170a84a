"""Package: the files of an auditor's package, as bytes and as text."""
