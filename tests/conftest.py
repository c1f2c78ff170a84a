"""What all tests share: how Hypothesis looks for counterexamples."""

import os

from hypothesis import HealthCheck, settings

# No deadline: how long an example takes says more about the machine than about the code.
settings.register_profile("at a desk", deadline=None)
# The same examples every time, so that a change is judged by what it changed.
settings.register_profile(
    "in CI",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("in CI" if os.environ.get("CI") else "at a desk")
