"""The descriptor language: every block, every field, what it may hold, and what it is part of.

This table is the only place that knows the fields. The validator, `spec/descriptor.schema.json` and the
rules of inheritance are read off it, and a test holds `spec/README.md` against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from codegen import vocabulary as words
from codegen.kinds import Block, Choice, Data, Either, Flag, Kind, Many, MapOf, Number, OneOrMany, Text, Whole

if TYPE_CHECKING:
    from collections.abc import Mapping

Facet = Literal["wire", "python", "doc", "meta"]
Merge = Literal["replace", "entries", "blocks"]

SENTENCE = Text("a sentence", r"(?s).*\S.*")
NAME = Text("a Python name", r"[A-Za-z][A-Za-z0-9_]*")
LIMITED = Text("a parameter, or the lists in one (filter_in_dict.*)", r"[A-Za-z][A-Za-z0-9_]*(\.\*)*")
CLASS_NAME = Text("a class name", r"[A-Z][A-Za-z0-9]*")
HEADER = Text("a header name", r"[A-Za-z0-9][A-Za-z0-9_-]*")
HEADER_VALUE = Text("the text of a header", r"[\x20-\x7e]*")
WIRE_NAME = Text("a name on the wire", r"[A-Za-z_][A-Za-z0-9_.\[\]-]*")
HOLE = Text("the name of a path hole", r"[A-Za-z_][A-Za-z0-9_]*")
PATH = Text('a path like "/table/{table_id}/roots"', r"(/([A-Za-z0-9._~:@-]|\{[A-Za-z_][A-Za-z0-9_]*\})*)+")
PREFIX = Text('a path like "/api/v1"', r"(/([A-Za-z0-9._~:@-]|\{[A-Za-z_][A-Za-z0-9_]*\})+)*")
TEMPLATE = Text("a URL template", r"[!-~]+")
API_NUMBER = Text('an API number in quotes, like "2"', r"0|[1-9][0-9]*")
VERSION = Text('a version in quotes, like "5.13.0"', r"\S+")
RANGES = OneOrMany(Text('a version range in quotes, like ">=5.13.0"', r"[<>=!~].*"))
EXPRESSION = Text("a type expression", r"[A-Za-z0-9_\[\], |]+")
DTYPE = Text('a numpy type, like "<u8" or float64', r"[<>|=]?[A-Za-z][A-Za-z0-9]*")
HEX = Text("bytes as pairs of hex digits, in quotes", r"([0-9a-f]{2})*")
MEDIA_TYPE = Text('a media type without parameters, like "application/json"', r"[^\s;,]+")
SECONDS = Number(above=0, what="a number of seconds above 0")
STATUS = Whole(100, 599, "an HTTP status")
JSON_KEY = Text("a key of a JSON object", r"[!-~]([ -~]*[!-~])?")
PARENT = Text('a version of this service, like "v2"', r"v(0|[1-9][0-9]*)")
FOLDER = Text("the name of the folder", r"[a-z][a-z0-9_]*")
SCHEME = Text("a URL scheme", r"[a-z][a-z0-9+.-]*")
SOURCE = Text("an operation", r"[a-z0-9_]+(\.[A-Za-z0-9_]+)?")
DATE = Text('a date in quotes, like "2027-01-31"', r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LAYOUT = Text('a layout like "<u8"', r"[<>][iuf][248]")
FULL_PATH = Text('a path from the root, like "/segmentation/api/v1/tables"', r"/\S*")
NOTICE = Text("words of the notice", r"(?s).*\S.*")
ERRORS = (*words.STATUS_ERRORS, *words.CALL_ERRORS, *words.BUILTIN_ERRORS)
MEANING = Choice(words.STATUS_ERRORS)
FORMAT = Whole(1, 1, "1, the format of this language")
SENT_HEADERS = MapOf(HEADER, HEADER_VALUE, nullable=True)
EXCESS = Choice(("split", "error", "truncate"))
CUT = Choice(("raise", "warn", "split"))
QUERY = MapOf(Text("a name on the wire"), OneOrMany(Text("a text, in quotes")))
COLUMN = Text("a column name")
TYPE = Choice(tuple(words.TYPES))
STEP = Either((Text("a key"), Whole(what="a position")))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a block."""

    name: str
    kind: Kind
    doc: str
    facet: Facet
    required: bool = False
    default: Any = None
    merge: Merge = "replace"
    """How a version that extends another changes it: whole, entry by entry, or inside entries too."""


@dataclass(frozen=True, slots=True)
class BlockDef:
    """A mapping with fixed fields."""

    doc: str
    fields: tuple[Field, ...]
    partial: bool = False
    """Whether inheritance may complete it, so that what is required is only known afterwards."""


_DEPRECATED = Field("deprecated", Block("deprecated"), "It should no longer be used.", "python")
_STABILITY = Field("stability", Choice(words.STABILITIES), "How settled it is.", "doc", default="stable")
_UNKNOWN_VERSION = Field(
    "unknown_version", Choice(("allow", "deny")), "What to do when the server names no version.", "python"
)
_ALIASES = Field("aliases", Many(NAME, at_least=1), "Old names that still work.", "python")
_ALIASES_SINCE = Field("aliases_since", VERSION, "Version that says not to use them any more.", "doc")
_EXTRA_ENDPOINTS = Field(
    "extra_endpoints",
    MapOf(NAME, Block("extra_endpoint")),
    "Keys of the public endpoint tables that no operation has.",
    "python",
)
_ERRORS = Field(
    "errors", MapOf(STATUS, MEANING, nullable=True), "Status to error class.", "python", merge="entries"
)  # fmt: skip

SERVICE = BlockDef("What all API versions of a service share.", (
    Field("spec", FORMAT, "Format of this language.", "meta", required=True),
    Field("service", FOLDER, "Name of the folder.", "python", required=True),
    Field("renamed_from", FOLDER, "Old name of the folder.", "meta"),
    Field("client", CLASS_NAME, "Public factory class.", "python", required=True),
    Field("attribute", NAME, "Name on the framework client.", "python", required=True),
    Field("module", NAME, "Public module.", "python", required=True),
    Field("summary", SENTENCE, "One sentence about the service.", "doc", required=True),
    Field("server", Block("server"), "Where it lives and how it tells its versions.", "wire", required=True),
    Field("attributes", MapOf(NAME, Block("attribute")), "What operations may take defaults from.", "python"),
    Field("defaults", MapOf(HOLE, Block("hole_default")), "Path holes that no parameter fills.", "wire"),
    Field("features", MapOf(NAME, Block("feature")), "Things that only some datastacks have.", "python"),
    Field("errors", MapOf(STATUS, MEANING), "For all operations: status to error class.", "python"),
    Field("groups", MapOf(NAME, MapOf(NAME, Block("parameter"))), "Named sets of parameters.", "meta"),
    Field("types", MapOf(CLASS_NAME, Block("type")), "Shapes of JSON answers.", "python"),
    _EXTRA_ENDPOINTS,
))  # fmt: skip

SERVER = BlockDef("Where a service lives.", (
    Field("base", PREFIX, "First part of every path.", "wire", required=True),
    Field("key", NAME, "Name of the address in the public endpoint tables.", "python", required=True),
    Field("address", Choice(("local", "global")), "The datastack's, or everybody's.", "wire", required=True),
    Field("auth", Choice(("bearer", "none")), "Whether calls carry a token.", "wire", default="bearer"),
    Field("version_path", PREFIX, "Under base: the software's version.", "wire"),
    Field("api_versions_path", PREFIX, "Under base: the API versions it speaks.", "wire"),
    _UNKNOWN_VERSION,
    Field("fallback_api", API_NUMBER, "API version when the server does not tell.", "python"),
    Field("fallback_servers", RANGES, "Server versions that surely speak fallback_api.", "python"),
    Field("timeout", Block("timeout"), "Seconds to wait.", "python"),
))  # fmt: skip

VERSION_FILE = BlockDef("One API version.", (
    Field("api", API_NUMBER, "The number.", "wire", required=True),
    Field("prefix", PREFIX, "What follows base in every path.", "wire", required=True),
    Field("extends", PARENT, "Where its operations start from.", "meta"),
    Field("removed", Many(NAME), "Operations of the parent that it does not have.", "python"),
    _STABILITY,
    _DEPRECATED,
    Field("doc", SENTENCE, "About this version.", "doc"),
    _EXTRA_ENDPOINTS,
    Field("operations", MapOf(NAME, Block("operation")), "Operations by name.", "python", required=True),
))  # fmt: skip

_PARAMS = MapOf(NAME, Block("parameter"), special={"use": OneOrMany(NAME)}, nullable=True)
_LIMITS = MapOf(LIMITED, Block("items"), special={"rows": Block("rows")}, nullable=True)

OPERATION = BlockDef("One endpoint.", (
    Field("summary", SENTENCE, "One sentence; first line of the docstring.", "doc", required=True),
    Field("doc", SENTENCE, "What else callers must know.", "doc"),
    Field("method", Choice(words.METHODS), "HTTP method.", "wire"),
    Field("path", PATH, "Route under base and prefix.", "wire", required=True),
    Field("base", PREFIX, "Replaces the service's base.", "wire"),
    Field("prefix", PREFIX, "Replaces the version's prefix.", "wire"),
    Field("kind", Choice(("request", "url")), "url: an address, not a request.", "wire", default="request"),
    Field("scheme", SCHEME, "What stands before an address.", "wire"),
    Field("property", Flag(), "Emitted as a property.", "python", default=False),
    Field("endpoint", NAME, "Key in the public endpoint tables.", "python"),
    Field("endpoint_path", TEMPLATE, "Template there, where it differs from the route.", "python"),
    Field("safe", Flag(), "May be sent again.", "python"),
    Field("check", SENTENCE, "How to find out whether a write happened.", "doc"),
    Field("raw", Flag(), "Emitted as _name; a mixin owns the name.", "python", default=False),
    Field("override", Flag(), "A mixin may override it.", "python", default=False),
    Field("server", RANGES, "Server versions that can do it.", "python"),
    Field("server_message", SENTENCE, "Sentence for the refusal.", "doc"),
    _UNKNOWN_VERSION,
    Field("requires", NAME, "A feature that the datastack must have.", "python"),
    Field("pin_api", API_NUMBER, "API version whose route is still called.", "wire"),
    Field("renamed_from", NAME, "Old name.", "meta"),
    _ALIASES,
    _ALIASES_SINCE,
    _DEPRECATED,
    _STABILITY,
    Field("headers", SENT_HEADERS, "Constant request headers.", "wire", merge="entries"),
    Field("body", Block("body"), "How the request body is made.", "wire"),
    Field("params", _PARAMS, "By Python name, in the order of the signature.", "python", merge="blocks"),
    Field("exclusive", Many(Many(NAME, at_least=2)), "Parameters of which one may be given.", "python"),
    Field("response", OneOrMany(Block("arm")), "What comes back.", "wire"),
    _ERRORS,
    Field("limits", _LIMITS, "What the server has limits for.", "python", merge="entries"),
    Field("cache", Block("cache"), "How long an answer may be reused.", "python"),
    Field("timeout", SECONDS, "Seconds to wait for the answer.", "python"),
    Field("examples", Many(Block("example")), "Calls, what they send and return.", "doc", required=True),
), partial=True)  # fmt: skip

PARAMETER = BlockDef("One argument.", (
    Field("type", TYPE, "What it accepts.", "python"),
    Field("in", Choice(words.LOCATIONS), "Where it is sent.", "wire"),
    Field("wire", OneOrMany(WIRE_NAME), "Names on the wire.", "wire"),
    Field("required", Flag(), "Callers must pass it.", "python", default=False),
    Field("keyword_only", Flag(), "After the *.", "python", default=False),
    Field("default", Data(), "A literal, or client.x.", "python"),
    Field("default_for", NAME, "Parameter whose value the client's default depends on.", "python"),
    Field("const", Data(), "Always sent, not an argument.", "wire"),
    Field("encode", Choice(tuple(words.ENCODERS)), "How it is written.", "wire"),
    Field("wrap", NAME, "Parameter whose value becomes the key around it.", "wire"),
    Field("server", RANGES, "Server versions that understand it.", "python"),
    Field("min", Number(), "Smallest value.", "wire"),
    Field("max", Number(), "Largest value.", "wire"),
    Field("max_items", Whole(1), "Most items.", "wire"),
    Field("choices", Many(Data(), at_least=1), "Allowed values.", "wire"),
    Field("choices_from", SOURCE, "Operation that lists them.", "doc"),
    Field("unit", Choice(words.UNITS), "What its numbers count.", "wire"),
    Field("server_default", Data(), "What the server uses when it is left out.", "doc"),
    Field("effect", Choice(words.EFFECTS), "What it does when it is not sent.", "python"),
    Field("renamed_from", NAME, "Old name.", "meta"),
    _ALIASES,
    _ALIASES_SINCE,
    _DEPRECATED,
    Field("doc", SENTENCE, "What it means.", "doc"),
), partial=True)  # fmt: skip

ARM = BlockDef("One form of the answer.", (
    Field("when", MapOf(NAME, Data()), "Arguments that choose it.", "python"),
    Field("decode", Choice(words.DECODERS), "How the body is read.", "wire", required=True),
    Field("dtype", DTYPE, "Layout of the bytes, or type of the result.", "wire"),
    Field("media_type", OneOrMany(MEDIA_TYPE), "Allowed content types.", "wire"),
    Field("select", Either((Many(STEP, at_least=1), STEP)), "Path into the JSON.", "wire"),
    Field("cast", Choice(words.CASTS), "What the value becomes.", "python"),
    Field("map_keys", Choice(("int",)), "Keys of the JSON object become ints.", "python"),
    Field("headers", MapOf(HEADER, Choice(words.HEADER_READERS)), "Handed to the caller.", "wire"),
    Field("status", OneOrMany(STATUS), "Statuses that mean success.", "wire"),
    Field("order", Choice(("input",)), "One result per input item.", "wire"),
    Field("keyed_by", NAME, "Parameter whose items are the keys of the JSON object.", "wire"),
    Field("returns", EXPRESSION, "Type of the JSON value.", "python"),
    Field("columns", MapOf(COLUMN, Text("an Arrow type")), "Columns of the frame.", "wire"),
    Field("doc", SENTENCE, "What comes back.", "doc"),
))  # fmt: skip

EXAMPLE = BlockDef("A call with what it sends and returns.", (
    Field("title", SENTENCE, "What it shows.", "doc"),
    Field("api", API_NUMBER, "The one API version it is for.", "doc"),
    Field("call", MapOf(NAME, Data()), "Arguments.", "doc"),
    Field("client", MapOf(NAME, Data()), "Instead of the attributes' examples.", "doc"),
    Field("server", VERSION, "Version the server reports.", "doc"),
    Field("request", Block("request"), "What is sent.", "doc"),
    Field("response", Block("response"), "What the server answers.", "doc"),
    Field("returns", Data(), "What the call returns.", "doc"),
    Field("raises", Choice(ERRORS), "What it raises instead.", "doc"),
))  # fmt: skip

BLOCKS: Mapping[str, BlockDef] = {
    "service": SERVICE,
    "server": SERVER,
    "version": VERSION_FILE,
    "operation": OPERATION,
    "parameter": PARAMETER,
    "arm": ARM,
    "example": EXAMPLE,
    "timeout": BlockDef("Seconds to wait.", (
        Field("connect", SECONDS, "For the connection.", "python", default=10.0),
        Field("read", SECONDS, "For the answer.", "python", default=120.0),
    )),
    "attribute": BlockDef("Something the client object holds.", (
        Field("type", TYPE, "Its type.", "python", required=True),
        Field("example", Data(), "Its value in examples.", "doc", required=True),
        Field("doc", SENTENCE, "What it is.", "doc", required=True),
    )),
    "hole_default": BlockDef("What fills a hole of a path.", (
        Field("attr", NAME, "Attribute of the client.", "python", required=True),
    )),
    "feature": BlockDef("Something that only some datastacks have.", (
        Field("attr", NAME, "Attribute of the client that tells.", "python", required=True),
        Field("message", SENTENCE, "Sentence for the refusal.", "doc", required=True),
    )),
    "extra_endpoint": BlockDef("A public address template that no operation has.", (
        Field("path", PATH, "From the server's root.", "python", required=True),
        Field("doc", SENTENCE, "Why it stands there.", "doc", required=True),
    )),
    "type": BlockDef("The shape of an answer.", (
        Field("doc", SENTENCE, "What it is.", "doc"),
        Field("fields", MapOf(JSON_KEY, Block("type_field")), "Its keys.", "python", required=True),
    )),
    "type_field": BlockDef("A key of an answer.", (
        Field("type", EXPRESSION, "Type expression.", "python", required=True),
        Field("required", Flag(), "It is always there.", "python", default=True),
        Field("doc", SENTENCE, "What it means.", "doc"),
    )),
    "deprecated": BlockDef("It should no longer be used.", (
        Field("since", VERSION, "Version that says so.", "doc", required=True),
        Field("use", Text("a name"), "What to use instead.", "python"),
        Field("message", SENTENCE, "Why, or how to change over.", "doc"),
        Field("sunset", DATE, "When it goes.", "doc"),
    )),
    "body": BlockDef("How the request body is made.", (
        Field("binary", NAME, "Parameter whose ids are sent as bytes.", "wire"),
        Field("json", NAME, "Parameter that is the whole document.", "wire"),
        Field("dtype", LAYOUT, "Layout of one id.", "wire"),
    )),
    "rows": BlockDef("How the server says that it cut an answer short.", (
        Field("header", HEADER, "Header with the notice.", "wire", required=True),
        Field("contains", OneOrMany(NOTICE), "Words that tell it.", "wire", required=True),
        Field("on_truncate", CUT, "What then happens.", "python", default="raise"),
        Field("limit_param", NAME, "The caller's own limit.", "python"),
        Field("usual", Whole(1), "Most rows that servers send, unless set up otherwise.", "wire"),
    )),
    "items": BlockDef("Most items of a parameter in one request.", (
        Field("max", Whole(1), "Most items.", "wire", required=True),
        Field("on_exceed", EXCESS, "What happens beyond.", "python", default="error"),
        Field("merge", Choice(tuple(words.MERGES)), "How the answers are put together.", "python"),
        Field("unless", Many(NAME), "Arguments that keep the call whole.", "python"),
        Field("nothing_found", NOTICE, "Words of a refusal that means no rows.", "wire"),
        Field("first", Whole(1), "Items in the first requests, where dividing pays.", "wire"),
    )),
    "cache": BlockDef("How long an answer may be reused.", (
        Field("ttl", SECONDS, "Seconds.", "python", required=True),
        Field("maxsize", Whole(1), "Most answers kept.", "python", required=True),
        Field("key", Many(NAME), "Parameters that tell answers apart.", "python"),
        Field("key_ignores", Many(NAME), "Parameters that do not.", "python"),
        Field("lasting", SECONDS, "Seconds in a cache folder, where the user names one.", "python"),
    )),
    "request": BlockDef("What a call sends.", (
        Field("method", Choice(words.METHODS), "HTTP method.", "doc"),
        Field("path", FULL_PATH, "From the server's root.", "doc"),
        Field("query", QUERY, "Complete.", "doc"),
        Field("json", Data(json=True), "Body as JSON.", "doc"),
        Field("body_hex", HEX, "Body as bytes.", "doc"),
        Field("headers", MapOf(HEADER, HEADER_VALUE), "Those named are compared.", "doc"),
    )),
    "response": BlockDef("What a server answers.", (
        Field("status", STATUS, "HTTP status.", "doc", default=200),
        Field("headers", MapOf(HEADER, OneOrMany(Text("the text of a header"))), "Headers.", "doc"),
        Field("json", Data(json=True), "Body as JSON.", "doc"),
        Field("body_hex", HEX, "Body as bytes.", "doc"),
        Field("text", Text("a text"), "Body as text.", "doc"),
        Field("arrow", Block("arrow"), "Body as an Arrow stream.", "doc"),
    )),
    "arrow": BlockDef("A table.", (
        Field("columns", MapOf(COLUMN, Block("arrow_column")), "Its columns.", "doc", required=True),
    )),
    "arrow_column": BlockDef("A column.", (
        Field("type", Text("an Arrow type"), "Its type.", "doc", required=True),
        Field("values", Many(Data()), "Its values.", "doc", required=True),
    )),
}  # fmt: skip
"""Every block by name."""

FIELDS: Mapping[str, Mapping[object, Field]] = {
    name: {field.name: field for field in block.fields} for name, block in BLOCKS.items()
}
"""Every field by block and name."""
