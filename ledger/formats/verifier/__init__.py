"""The verifier: the rooms that ``verify.py`` is put together from, plain Python 3.9 and its standard library.

They know nothing of the rest of the ledger, so that what it writes is checked by what it did not write.
"""
