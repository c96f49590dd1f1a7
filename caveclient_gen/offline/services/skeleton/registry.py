"""Where the handlers of the skeleton service are gathered."""

from caveclient_gen.offline.http.served import Served

__all__ = ["served"]

served = Served("skeleton")
