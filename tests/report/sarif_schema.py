"""The part of SARIF 2.1.0 that reports use, as a JSON schema: stricter where we promise more.

Names, types and required fields are those of the standard: `log`, `run` (3.14), `toolComponent` (3.19),
`reportingDescriptor` (3.49), `result` (3.27), `message` (3.11), `location` (3.28), `physicalLocation` (3.29),
`region` (3.30), `logicalLocation` (3.33) and `suppression` (3.35).
"""

LEVEL = {"enum": ["none", "note", "warning", "error"]}
TEXT = {"type": "string", "minLength": 1}


def _block(required, **properties):
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


MESSAGE = _block(["text"], text=TEXT)

RULE = _block(
    ["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"],
    id=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=_block(["level"], level=LEVEL),
    properties=_block(["tags"], tags={"type": "array", "items": TEXT, "uniqueItems": True}),
)

LOCATION = _block(
    ["logicalLocations"],
    physicalLocation=_block(
        ["artifactLocation"],
        artifactLocation=_block(["uri"], uri={"type": "string", "format": "uri-reference", "minLength": 1}),
        region=_block(["startLine"], startLine={"type": "integer", "minimum": 1}),
    ),
    logicalLocations={
        "type": "array",
        "minItems": 1,
        "items": _block(["fullyQualifiedName"], fullyQualifiedName=TEXT),
    },
)

RESULT = _block(
    ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints", "suppressions"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations={"type": "array", "minItems": 1, "maxItems": 1, "items": LOCATION},
    partialFingerprints={"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
    suppressions={
        "type": "array",
        "items": _block(
            ["kind", "status"],
            kind={"enum": ["inSource", "external"]},
            status={"enum": ["accepted", "underReview", "rejected"]},
        ),
    },
    properties={"type": "object"},
)

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_block(
        ["$schema", "version", "runs"],
        **{"$schema": {"type": "string", "format": "uri"}},
        version={"const": "2.1.0"},
        runs={
            "type": "array",
            "minItems": 1,
            "items": _block(
                ["tool", "results"],
                tool=_block(
                    ["driver"],
                    driver=_block(
                        ["name", "rules"],
                        name=TEXT,
                        rules={"type": "array", "items": RULE, "uniqueItems": True},
                    ),
                ),
                results={"type": "array", "items": RESULT},
            ),
        },
    ),
}
