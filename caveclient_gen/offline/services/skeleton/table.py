"""The table of what the skeleton service answers; the modules beside it fill it."""

from caveclient_gen.offline.http.served import Served

__all__ = ["served"]

served = Served("skeleton")
