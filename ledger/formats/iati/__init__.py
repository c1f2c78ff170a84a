"""IATI activities, read: what a publisher says of its aid becomes pledges and what became of them."""
