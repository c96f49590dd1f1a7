"""Which operations of the materialize service are answered; the modules beside this one add to it."""

from __future__ import annotations

from caveclient_gen.offline.http.served import Served

__all__ = ["served"]

served = Served("materialize")
