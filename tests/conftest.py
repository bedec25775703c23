"""What holds for all tests: generated cases are the same in every run, so a red run can be made again."""

from __future__ import annotations

import os

from hypothesis import settings

# `HYPOTHESIS_PROFILE=search` looks for new cases instead.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
