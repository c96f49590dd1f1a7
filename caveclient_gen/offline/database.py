"""The tables of a dataset's database, in the order in which they are made. Each engine says its own."""

from caveclient_gen.offline.annotations import database as annotations
from caveclient_gen.offline.identity import database as identity
from caveclient_gen.offline.segmentation import database as segmentation
from caveclient_gen.offline.skeletons import database as skeletons
from caveclient_gen.offline.states import SCHEMA as STATES
from caveclient_gen.offline.versions import SCHEMA as VERSIONS

__all__ = ["SCHEMAS"]

SCHEMAS = (segmentation.SCHEMA, annotations.SCHEMA, VERSIONS, identity.SCHEMA, STATES, skeletons.SCHEMA)
