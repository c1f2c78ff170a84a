"""A book and its model at random: announced, moved, drawn, revised, amended, reversed, closed, told again."""

from hypothesis import settings

from tests.machine import BookAndModel

TestBookAndModel = BookAndModel.TestCase
TestBookAndModel.settings = settings(max_examples=30, stateful_step_count=25)
