"""For people's own tests: the fixture `cave` with its faults, and cassettes of real servers."""
