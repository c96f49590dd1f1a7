"""Operations are routes of the servers, routes for clients are operations, and both take the same."""

import re

import pytest
from described import ELSEWHERE, REQUESTS, ROUTES, SPEC, SPOKEN, by_name, shape

NO_ROUTES = {
    "auth.token_page": "A page of the second deployment of the auth server, which has its own base address.",
    "chunkedgraph.cloudvolume_path": "CloudVolume makes its own addresses of it.",
    "materialize.neuroglancer_annotation_path": "Neuroglancer appends /info, /by_id and others.",
    "materialize.neuroglancer_segprop_path": "Neuroglancer appends /info.",
    "state.property_url": "Neuroglancer appends /info.",
}
"""Addresses for other programs, which are no routes themselves."""

MAINTENANCE = "maintenance of the whole deployment"
NO_VERSION = "the route with a skeleton version does the same and more"
NEUROGLANCER = "answers in the form that Neuroglancer reads, and asks for itself"
LEFT_OUT = {
    ("auth", "GET", "/auth/api/v1/logout_all"): "a script has no business with sessions of browsers",
    ("auth", "POST", "/auth/api/v1/user"): MAINTENANCE,
    ("auth", "POST", "/auth/api/v1/dataset/{}/admin"): MAINTENANCE,
    ("auth", "GET", "/auth/api/v1/group/{}/service_account"): MAINTENANCE,
    ("auth", "POST", "/auth/api/v1/group/{}/service_account"): MAINTENANCE,
    ("auth", "DELETE", "/auth/api/v1/group/{}/service_account/{}"): MAINTENANCE,
    ("auth", "POST", "/auth/api/v1/dataset"): MAINTENANCE,
    ("auth", "PUT", "/auth/api/v1/dataset/{}"): MAINTENANCE,
    ("auth", "POST", "/auth/api/v1/tos"): MAINTENANCE,
    ("auth", "PUT", "/auth/api/v1/tos/{}"): MAINTENANCE,
    ("auth", "GET", "/auth/api/v1/permission/{}"): MAINTENANCE,
    ("auth", "POST", "/auth/api/v1/permission"): MAINTENANCE,
    ("auth", "GET", "/auth/api/v1/app"): "for web applications",
    ("chunkedgraph", "POST", "/segmentation/api/v1/table/{}/leaves_many"): "as node/leaves_many",
    ("materialize", "POST", "/materialize/upload/api/save-mapping"): "keeps one mapping for everybody",
    ("materialize", "GET", "/materialize/upload/api/aligned_volumes/{}/versions"): (
        "works only where a volume and a datastack have one name"
    ),
    ("skeleton", "GET", "/skeletoncache/api/v1/{}/precomputed/info"): "hard-coded for one datastack",
    ("skeleton", "GET", "/skeletoncache/api/v1/{}/bulk/skeleton/info"): "a sentence for people",
    ("skeleton", "GET", "/skeletoncache/api/v1/{}/precomputed/skeleton/query_cache/{}/{}"): NO_VERSION,
    ("skeleton", "GET", "/skeletoncache/api/v1/{}/bulk/get_skeletons/{}/{}/{}"): NO_VERSION,
    ("skeleton", "GET", "/skeletoncache/api/v1/{}/precomputed/skeleton/{}"): NEUROGLANCER,
    ("skeleton", "GET", "/skeletoncache/api/v1/{}/precomputed/skeleton/{}/{}"): NEUROGLANCER,
    ("skeleton", "GET", "/skeletoncache/api/v1/{}/async/get_skeleton/{}"): NEUROGLANCER,
    ("skeleton", "GET", "/skeletoncache/api/v1/{}/async/get_skeleton/{}/{}"): NEUROGLANCER,
}
"""Routes for clients that have no operation. The comments at the top of the descriptors say the same."""

IGNORED_BY_SERVERS = {
    ("materialize.live_live_query", "merge_reference"): "Clients have always sent it.",
    ("skeleton.get_skeleton_token", "verbose_level"): "Clients have always sent a body, and this in it.",
    ("annotation.get_tables", "timestamp"): "For servers to come; the client warns that these ignore it.",
}
"""Arguments that are sent although no server knows them."""

OFFERED_NOWHERE = {
    "int64_as_str": "our JSON is exact",
    "disp": "a page for people",
    "is_binary": "another way to send the same ids",
    "as_binary": "another way to get the same ids",
    "fail_to_zero": "any text, also 'false', means true, which is the default",
    "delimiter": "times are parsed",
    "use_redis": "another queue for the same job",
    "flexible_start_layer": "read and not used",
    "get_root_ids": "read and not used",
    "upload_to_database": "read and not used",
    "ipc_compress": "Accept-Encoding decides",
}
"""Arguments that servers take and no operation offers."""

NOT_OFFERED_HERE = {
    "auth.get_user_information": ({"from", "to", "page", "per_page"}, "lists of all users, in pages"),
    "auth.find_users": ({"from", "to", "page", "per_page"}, "lists of all users, in pages"),
    "auth.find_users_by_name": ({"from", "to", "page", "per_page"}, "lists of all users, in pages"),
    "auth.get_service_accounts": ({"id"}, "finds ordinary users too"),
    "chunkedgraph.get_change_log": ({"timestamp"}, "does not bound the log"),
    "chunkedgraph.get_root_tabular_change_log": ({"timestamp"}, "does not bound the log"),
    "chunkedgraph.get_tabular_change_log": ({"timestamp"}, "does not bound the log"),
    "chunkedgraph.get_full_change_log": ({"timestamp"}, "does not bound the log"),
    "chunkedgraph.get_merge_log": ({"timestamp"}, "does not bound the log"),
    "chunkedgraph.get_contact_sites": ({"as_list", "areas_only", "timestamp"}, "always fails"),
    "chunkedgraph.get_pairwise_contact_sites": ({"end_time", "optimize_unsegmented"}, "always fails"),
    "materialize.query_table": ({"allow_missing_lookups", "allow_invalid_root_ids"}, "for live queries"),
    "materialize.join_query": ({"allow_missing_lookups", "allow_invalid_root_ids"}, "for live queries"),
    "materialize.query_view": ({"allow_missing_lookups", "allow_invalid_root_ids"}, "for live queries"),
    "materialize.live_live_query": ({"split_positions", "count"}, "ignored; counts are of one table"),
    "materialize.get_views": (None, "declared and not read"),
    "materialize.get_view_metadata": (None, "declared and not read"),
}
"""Arguments that servers take and this operation does not offer: which (None: any), and why."""


@pytest.mark.parametrize("each", SPOKEN, ids=by_name)
def test_the_server_has_the_route(each):
    is_ours = each not in ELSEWHERE
    assert each.route is not None or each.name in NO_ROUTES or not is_ours, (
        f"no server has {' '.join(each.key)}"
    )


@pytest.mark.parametrize("name", NO_ROUTES)
def test_exceptions_are_addresses_that_are_no_route(name):
    found = [each for each in SPOKEN if each.name == name]
    assert found
    assert all(each.operation.kind == "url" and each.route is None for each in found)


def api_of(route):
    """Return the API version that the address belongs to; None for addresses without one."""
    number = re.search(r"/api/v(\d+)/", route.path)
    return number[1] if number else "0" if "/1.0/" in route.path else None


def missing(spoken):
    """List the routes for clients without an operation in their API version."""
    keys = {(each.service.name, number, *each.key) for each in spoken for number in (each.api.number, None)}
    result = []
    for service, routes in ROUTES.items():
        for route in routes.values():
            # API 0 answers GET and POST alike; each of its routes is described with the method that fits.
            methods = ("GET", "POST") if api_of(route) == "0" else (route.method,)
            described = any((service, api_of(route), method, route.key[1]) in keys for method in methods)
            if route.kind == "data" and not route.broken and not described:
                result.append((service, *route.key))
    return result


def test_every_route_for_clients_is_described():
    assert sorted(missing(SPOKEN)) == sorted(LEFT_OUT)


@pytest.mark.parametrize("dropped", [each for each in REQUESTS if each.api.number in "13"][::9], ids=by_name)
def test_a_dropped_operation_is_missed(dropped):
    left = [each for each in SPOKEN if each.key != dropped.key]
    found = set(missing(left)) - set(LEFT_OUT)
    is_for_clients = dropped.route.kind == "data" and not dropped.route.broken
    assert found == ({(dropped.service.name, *dropped.key)} if is_for_clients else set())


NOT_REACHED_HERE = {
    ("GET", "/skeletoncache/api/v1/{}/precomputed/skeleton/exists/{}/{}"): "fails; the POST route answers",
    ("GET", "/skeletoncache/api/v1/{}/bulk/gen_skeletons/{}/{}"): "fails for lists; the POST route answers",
}
"""Broken routes that caveclient asks on servers so old that none is known."""


def test_what_is_not_reached_is_broken():
    routes = {route.key: route for route in ROUTES["skeleton"].values()}
    assert all(routes[key].broken and routes[key].called for key in NOT_REACHED_HERE)


REACHED = [
    (service, route)
    for service in ROUTES
    for route in ROUTES[service].values()
    if route.called and route.key not in NOT_REACHED_HERE
]


@pytest.mark.parametrize(("service", "route"), REACHED, ids=str)
def test_what_caveclient_reaches_is_described(service, route):
    server = SPEC.service(service).server
    paths = (server.version_path, server.api_versions_path)
    asked_by_runtime = {server.base + path for path in paths if path}
    keys = {each.key for each in SPOKEN if each.service.name == service}
    assert route.key in keys or (route.method == "GET" and route.path in asked_by_runtime)


@pytest.mark.parametrize("each", [each for each in REQUESTS if each.route], ids=by_name)
def test_the_server_knows_what_is_sent(each):
    route, body = each.route, each.operation.body
    ignored = {name for operation, name in IGNORED_BY_SERVERS if operation == each.name}
    assert each.wire_names("query") - ignored <= set(route.query)
    if body is None:
        assert each.wire_names("body") - ignored <= set(
            () if isinstance(route.body, str) else route.body or ()
        )
    elif body.kind == "binary":
        assert route.body == "bytes"
    else:
        assert route.body not in (None, "bytes")


@pytest.mark.parametrize("each", [each for each in REQUESTS if each.route], ids=by_name)
def test_what_the_server_requires_is_sent(each):
    always = {wire for param in each.operation.params if not param.can_be_unset for wire in param.wire_names}
    if each.operation.body is not None and each.operation.body.kind == "json":
        always |= set(each.route.required) & set(each.route.body)  # the caller passes the document whole
    assert set(each.route.required) <= always


def not_offered(each):
    """List what the server takes and no operation on the route offers."""
    offered = {
        name
        for other in REQUESTS
        if other.key == each.key and other.service == each.service
        for name in other.wire_names("query") | other.wire_names("body")
    }
    takes = set(each.route.query)
    if each.operation.body is None and not isinstance(each.route.body, str):
        takes |= set(each.route.body or ())
    return takes - offered - set(OFFERED_NOWHERE)


@pytest.mark.parametrize("each", [each for each in REQUESTS if each.route], ids=by_name)
def test_what_the_server_takes_is_offered(each):
    names, _ = NOT_OFFERED_HERE.get(each.name, (set(), ""))
    assert names is None or not_offered(each) <= names


def test_reviewed_arguments_exist():
    """A reason for something that is no longer left out misleads."""
    routes = [route for service in ROUTES.values() for route in service.values()]
    taken = {name for route in routes for name in (*route.query, *(route.body or ()))}
    sent = {name for each in REQUESTS for name in each.wire_names("query") | each.wire_names("body")}
    assert set(OFFERED_NOWHERE) <= taken - sent
    for name, (arguments, _) in NOT_OFFERED_HERE.items():
        left = set().union(*(not_offered(each) for each in REQUESTS if each.name == name))
        assert left if arguments is None else arguments <= left, name


def test_shapes():
    assert shape("/a/{b}_{c}/{d}:0") == "/a/{}_{}/{}:0"
