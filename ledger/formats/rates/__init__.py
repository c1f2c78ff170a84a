"""Files of exchange rates that others publish: one module for each layout, and `recognise.read` for all of them."""
