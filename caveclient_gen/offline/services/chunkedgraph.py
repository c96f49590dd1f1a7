"""What the chunkedgraph service answers."""

from __future__ import annotations

from caveclient_gen.offline.http.served import Served

__all__ = ["served"]

served = Served("chunkedgraph")
