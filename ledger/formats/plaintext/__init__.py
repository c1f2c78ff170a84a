"""Plain text: the journal as other accounting programs read it, hledger and Beancount."""
