"""Completion in the shell: which word the cursor is in, what may stand there, and how each shell is told.

A script of :mod:`cli.completion.shells` has the shell call the program at a press of Tab; :mod:`cli.completion.answer`
is where that call comes in. Typer's own completion is not used: see ``docs/decisions.md``.
"""
