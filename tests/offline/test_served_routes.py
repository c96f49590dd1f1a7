"""Every operation of the spec is served, or says why it is not."""

import pytest

from caveclient_gen.offline.http.routes import SERVICES, all_served, is_asked, route_table
from caveclient_gen.offline.http.served import operations_of

OPERATIONS = [
    (service, api, operation)
    for service in SERVICES
    for api, operations in operations_of(service).items()
    for operation in operations.values()
    if is_asked(operation)
]


@pytest.mark.parametrize(
    ("service", "api", "operation"), OPERATIONS, ids=lambda part: getattr(part, "name", part)
)
def test_every_operation_is_served_or_has_a_reason(service, api, operation):
    served = all_served()[service]
    key = api, operation.name
    assert (key in served.endpoints) != (key in served.missing)
    assert served.missing.get(key, "A sentence.").endswith(".")


def test_routes_are_tried_literally_first():
    paths = [route.operation.path for route in route_table()]
    literal = "/materialize/api/v3/datastack/{datastack_name}/version/{version}/views/schemas"
    hole = "/materialize/api/v3/datastack/{datastack_name}/version/{version}/views/{view_name}/schema"
    assert paths.index(literal) < paths.index(hole)
    cell = "/materialize/api/v3/datastack/{datastack_name}/table/{table_name}/precomputed/"
    in_cell = f"{cell}{{spatial_level}}/{{x_bin}}_{{y_bin}}_{{z_bin}}"
    assert paths.index(in_cell) < paths.index(f"{cell}{{column_name}}/{{segid}}")
