"""Small modules that older scripts import: timing, and the defaults of sessions."""

from __future__ import annotations

import pytest

from caveclient_gen import mytimer, session_config, timeit
from caveclient_gen.session_config import SESSION_DEFAULTS, get_session_defaults, set_session_defaults


def test_the_timer_is_one() -> None:
    assert mytimer.MyTimeIt is timeit.MyTimeIt
    with mytimer.MyTimeIt("a block", rows=3) as timer:
        assert mytimer.indent == 0
    assert timer.seconds > 0


def test_the_defaults_are_up_to_date_and_cannot_be_written_to() -> None:
    """F091: the dict that was handed out was the one that everybody used."""
    assert dict(SESSION_DEFAULTS) == get_session_defaults()
    assert len(SESSION_DEFAULTS) == len(get_session_defaults()) > 5
    set_session_defaults(max_retries=7)
    try:
        assert SESSION_DEFAULTS["max_retries"] == 7
    finally:
        set_session_defaults(max_retries=3)
    with pytest.raises(TypeError, match="item assignment"):
        SESSION_DEFAULTS["max_retries"] = 9  # type: ignore[index]  # that is what is tried
    assert get_session_defaults()["max_retries"] == 3
    assert "max_retries" in repr(SESSION_DEFAULTS)


def test_urllib3_is_new_enough() -> None:
    assert session_config.HAS_URLLIB3_V2 is True
