"""Waits that end, also where what they wait for never comes."""

import threading
import time


def wait_until(is_so):
    """Return as soon as it is so; fail after 20 seconds."""
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        threading.Event().wait(0.002)
