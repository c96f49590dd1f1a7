"""For people's own tests: the fixture `cave` with its faults, and cassettes of real servers."""

from typing import Literal

__all__ = ["Mode"]

Mode = Literal["none", "once", "new_episodes", "all"]
"""What a cassette does with requests. It stands here because the plugin of pytest loads nothing else."""
