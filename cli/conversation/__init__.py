"""Conversations: commands that were called without a word on a terminal, and ask for what they need."""
