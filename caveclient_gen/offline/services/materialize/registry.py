"""Where the handlers of the materialize service are gathered."""

from __future__ import annotations

from caveclient_gen.offline.http.served import Served

__all__ = ["served"]

served = Served("materialize")
