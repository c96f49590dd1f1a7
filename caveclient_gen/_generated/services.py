# Generated from spec/. Change the descriptor and run `make generate`.
"""The services: where each stands on a server and which API versions it has."""

from __future__ import annotations

from caveclient_gen._runtime.operation import ServiceInfo

AUTH = ServiceInfo(
    name="auth",
    attribute="auth",
    base="/auth",
    key="auth_server_address",
    address="global",
    auth="bearer",
    version_path="/version",
    api_versions_path=None,
    fallback_api="1",
    unknown_version=None,
    connect_timeout=10.0,
    read_timeout=60.0,
    api_versions=("1",),
)
CHUNKEDGRAPH = ServiceInfo(
    name="chunkedgraph",
    attribute="chunkedgraph",
    base="/segmentation",
    key="cg_server_address",
    address="local",
    auth="bearer",
    version_path="/api/version",
    api_versions_path="/api/versions",
    fallback_api="1",
    unknown_version=None,
    connect_timeout=10.0,
    read_timeout=120.0,
    api_versions=("0", "1"),
)
INFO = ServiceInfo(
    name="info",
    attribute="info",
    base="/info",
    key="i_server_address",
    address="global",
    auth="bearer",
    version_path="/version",
    api_versions_path="/api/versions",
    fallback_api="2",
    unknown_version=None,
    connect_timeout=10.0,
    read_timeout=60.0,
    api_versions=("1", "2"),
)
MATERIALIZE = ServiceInfo(
    name="materialize",
    attribute="materialize",
    base="/materialize",
    key="me_server_address",
    address="local",
    auth="bearer",
    version_path="/version",
    api_versions_path="/api/versions",
    fallback_api="3",
    unknown_version=None,
    connect_timeout=10.0,
    read_timeout=300.0,
    api_versions=("2", "3"),
)
SCHEMA = ServiceInfo(
    name="schema",
    attribute="schema",
    base="/schema",
    key="emas_server_address",
    address="global",
    auth="none",
    version_path="/views/version",
    api_versions_path="/versions",
    fallback_api="2",
    unknown_version=None,
    connect_timeout=10.0,
    read_timeout=60.0,
    api_versions=("1", "2"),
)
SKELETON = ServiceInfo(
    name="skeleton",
    attribute="skeleton",
    base="/skeletoncache",
    key="skeleton_server_address",
    address="local",
    auth="bearer",
    version_path="/api/version",
    api_versions_path=None,
    fallback_api="1",
    unknown_version=None,
    connect_timeout=10.0,
    read_timeout=120.0,
    api_versions=("1",),
)
