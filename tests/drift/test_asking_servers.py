"""Asking a running deployment: real HTTP on this machine, with everything that goes wrong out there."""

import json
import shutil

import jsonschema
import pytest
import requests
from published import ROOT, SPEC
from served import (
    GONE,
    PAGE,
    answer,
    broken,
    dripping,
    hung_up,
    packed,
    redirect,
    running,
    silent,
    whole,
)

from codegen.cli import main
from codegen.drift.fetch import AddressError, Fetcher, Patience, UnansweredError, UnreachableError, origin_of
from codegen.drift.server import ask, findings

HASTE = Patience(connect=0.8, read=0.4)
TOKEN = "s3cret-t0ken-0123456789"


def asked(answers, service, patience=HASTE, **expectations):
    """Ask one service of a deployment; return what it told and the rules of what was found."""
    with running(answers) as deployment:
        told = ask(SPEC.service(service), Fetcher(deployment.address, None, patience))
    about = {"api": None, "expected": False, "documented": False, "known_version": None} | expectations
    return told, [each for each in findings(told, **about) if each.id not in REVIEWED]


REVIEWED = {
    "route-gone", "route-unknown", "param-unknown", "param-undeclared", "body-undeclared", "bound-wider",
    "answer-type-differs", "required-here", "type-differs", "values-open", "location-differs",
}  # fmt: skip


@pytest.mark.parametrize(
    ("service", "version", "apis", "has_document"),
    [
        ("materialize", "5.26.4", ("2", "3"), True),
        ("info", "4.3.3", ("2",), True),
        ("annotation", "4.35.0", ("2",), True),
        ("schema", "5.26.3", ("2",), True),
        ("skeleton", "0.23.11", None, True),
        ("chunkedgraph", "2.21.1", ("0", "1"), False),
        ("auth", "2.30.3", None, False),
        ("state", "0.7.2", None, False),
    ],
)
def test_what_services_say_of_themselves(service, version, apis, has_document):
    told, found = asked(whole(), service)
    assert (told.state, told.version, told.apis) == ("there", version, apis)
    assert (told.document is not None) is has_document
    assert found == []
    assert version in str(told)


def test_a_service_that_says_nothing_of_itself():
    told, found = asked(whole(), "l2cache")
    assert (told.state, found) == ("absent", [])


@pytest.mark.parametrize(("expected", "rules"), [(True, ["service-silent"]), (False, [])])
def test_a_service_that_is_not_there(expected, rules):
    told, found = asked({}, "materialize", expected=expected)
    assert told.state == "absent"
    assert [each.id for each in found] == rules


@pytest.mark.parametrize(
    ("numbers", "rules"),
    [
        ([2, 3], []),
        ([2, 3, 4], ["api-unknown"]),
        ([2, 3, 4, 5], ["api-unknown", "api-unknown"]),
        ([3], ["api-gone"]),
        ([4], ["api-unknown", "api-gone", "api-gone"]),
        ([-1, 0, 2, 3], ["api-unknown"]),
        (["v2", "3"], []),
    ],
)
def test_api_versions(numbers, rules):
    _, found = asked({**whole(), "/materialize/api/versions": answer(numbers)}, "materialize")
    assert [each.id for each in found] == rules


def test_a_legacy_version_that_nobody_speaks_is_no_difference():
    _, found = asked({**whole(), "/segmentation/api/versions": answer([1])}, "chunkedgraph")
    assert found == []


def test_a_new_api_that_list_and_document_have_is_told_once():
    text = whole()["/materialize/swagger.json"][2].decode().replace("/api/v3/", "/api/v4/")
    answers = {
        **whole(),
        "/materialize/swagger.json": answer(text),
        "/materialize/api/versions": answer([2, 4]),
    }
    _, found = asked(answers, "materialize")
    assert sorted(each.id for each in found) == ["api-gone", "api-unknown"]


@pytest.mark.parametrize(("known", "rules"), [("5.26.4", []), ("5.13.2", ["software-changed"]), (None, [])])
def test_software_against_what_is_written_down(known, rules):
    _, found = asked(whole(), "materialize", known_version=known)
    assert [each.id for each in found] == rules


VERSION, APIS, DOCUMENT = "/materialize/version", "/materialize/api/versions", "/materialize/swagger.json"
RULE_OF = {DOCUMENT: "document-unread"}
ANOTHER = {"swagger": "2.0", "paths": {"/x": {"get": {}}}}
BOMB = packed(b" " * 30_000_000)
LOGIN = "https://login.example/authorize?token=1"

UNANSWERED = [
    (VERSION, GONE, "it answers 404"),
    (VERSION, PAGE, "it answers something that is no version"),
    (VERSION, answer("soon"), "it answers something that is no version"),
    (VERSION, answer("", 500), "it answers 500"),
    (VERSION, answer({"error": "no_token"}, 401), "it wants a token. Set CAVE_TOKEN"),
    (VERSION, redirect(LOGIN), "redirects to https://login.example, which is not followed"),
    (VERSION, redirect("//login.example/x"), "redirects to http://login.example, which is not followed"),
    (VERSION, redirect("ftp://login.example/"), "redirects to something that is no address"),
    (VERSION, redirect("//[x"), "redirects to something that is no address"),
    (VERSION, redirect(VERSION), "redirects more than 5 times"),
    (VERSION, broken, "it breaks the connection off"),
    (APIS, PAGE, "it answers a page (text/html) instead of JSON"),
    (APIS, answer("2, 3"), "it answers something that is no JSON"),
    (APIS, answer({"versions": [2]}), "no list of API versions"),
    (APIS, answer(["9" * 5000]), "no list of API versions"),
    (APIS, answer(list(range(1000))), "no list of API versions"),
    (APIS, answer(f"[{'9' * 5000}]"), "something that is no JSON"),
    (VERSION, answer("\x1b[31m5.0.0\n::error::x" + "x" * 300), "something that is no version"),
    (DOCUMENT, BOMB, "its answer has more than 20,000,000 bytes"),
    (DOCUMENT, PAGE, "it answers a page (text/html) instead of JSON"),
    (DOCUMENT, answer({"openapi": "3.0.3"}), "this is OpenAPI 3.0.3"),
    (DOCUMENT, answer(ANOTHER), "none of its routes is described"),
    (DOCUMENT, answer("", 503), "it answers 503"),
]


@pytest.mark.parametrize(("path", "given", "reason"), UNANSWERED)
def test_a_question_without_an_answer(path, given, reason):
    told, found = asked({**whole(), path: given}, "materialize")
    assert told.state == "there"
    assert [each.id for each in found] == [RULE_OF.get(path, "question-unanswered")]
    assert path in found[0].text
    assert reason in found[0].text
    assert "token=1" not in found[0].text
    assert found[0].place.file == "spec/materialize/service.yaml"


@pytest.mark.parametrize(
    "path", ["/materialize/version", "/materialize/api/versions", "/materialize/swagger.json"]
)
@pytest.mark.parametrize("slow", [silent, dripping])
def test_a_slow_answer_is_not_waited_for(path, slow):
    _, found = asked({**whole(), path: slow}, "materialize")
    assert [each.id for each in found][:1] in ([RULE_OF.get(path, "question-unanswered")], ["service-silent"])
    assert "0.4 s" in found[0].text


@pytest.mark.parametrize("given", [PAGE, answer("", 502), silent, hung_up, answer("", 401)])
def test_a_service_that_answers_no_question(given):
    answers = {path: given for path in whole() if path.startswith("/materialize")}
    answers["/materialize/api/swagger.json"] = given
    told, found = asked(answers, "materialize")
    assert told.state == "silent"
    assert [each.id for each in found] == ["service-silent"]


@pytest.mark.parametrize(
    ("answers", "rules"),
    [({}, []), ({DOCUMENT: GONE}, ["document-unread"]), ({DOCUMENT: PAGE}, ["document-unread"])],
)
def test_a_document_that_was_reviewed_has_to_be_there(answers, rules):
    _, found = asked({**whole(), **answers}, "materialize", documented=True)
    assert [each.id for each in found] == rules


def test_the_body_of_a_redirect_is_bounded_too(monkeypatch):
    """Else a server could fill the memory, although its redirect is not followed."""
    read = []
    parts_of = requests.Response.iter_content

    def counting(*given, **more):
        for part in parts_of(*given, **more):
            read.append(len(part))
            yield part

    monkeypatch.setattr(requests.Response, "iter_content", counting)
    _, headers, body = packed(b" " * 60_000_000)
    with (
        running({"/x": (302, {**headers, "Location": "/y"}, body)}) as deployment,
        pytest.raises(UnansweredError, match="more than 20,000,000 bytes"),
    ):
        Fetcher(deployment.address, None, Patience(5, 10)).get("/x")
    assert 20_000_000 < sum(read) < 21_000_000


def test_a_service_that_hangs_is_asked_one_question_only():
    with running({**whole(), "/materialize/version": silent}) as deployment:
        told = ask(SPEC.service("materialize"), Fetcher(deployment.address, None, HASTE))
        assert deployment.paths() == ["/materialize/version"]
    assert told.state == "silent"


def test_a_redirect_within_the_server_is_followed():
    answers = {
        **whole(),
        "/materialize/version": redirect("/materialize/v"),
        "/materialize/v": answer("6.0.0"),
    }
    told, _ = asked(answers, "materialize")
    assert told.version == "6.0.0"


def test_nobody_there():
    with running({}) as deployment:
        address = deployment.address
    fetcher = Fetcher(address, None, HASTE)
    for _ in range(2):
        with pytest.raises(UnreachableError, match="nobody listens there"):
            ask(SPEC.service("materialize"), fetcher)


def test_an_answer_that_is_too_large(monkeypatch):
    monkeypatch.setattr("codegen.drift.fetch._LARGEST", 1000)
    message = "more than 1,000 bytes"
    with running({"/x": answer("1" * 200_000)}) as deployment, pytest.raises(UnansweredError, match=message):
        Fetcher(deployment.address, None, HASTE).get("/x")


# ---- tokens


def test_a_token_goes_to_the_server_and_nowhere_else():
    with running(whole()) as other, running({}) as deployment:
        deployment.answers |= {
            "/materialize/version": answer("5.26.4"),
            "/materialize/api/versions": redirect(f"{other.address}/materialize/api/versions"),
        }
        told = ask(SPEC.service("materialize"), Fetcher(deployment.address, TOKEN, HASTE))
        assert deployment.tokens == {f"Bearer {TOKEN}"}
        assert other.asked == []
    assert "is not followed" in told.faults[0].reason


@pytest.mark.parametrize("token", [None, TOKEN])
def test_a_proxy_sees_nothing_that_is_meant_for_this_machine(monkeypatch, token):
    """Plain HTTP is safe on this machine only: a proxy would read the token."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with running({}) as proxy, running(whole()) as deployment:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        ask(SPEC.service("info"), Fetcher(deployment.address, token, HASTE))
        assert proxy.asked == []
        assert deployment.tokens == {f"Bearer {token}" if token else None}


def test_nothing_is_sent_from_netrc(tmp_path, monkeypatch):
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password hidden\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with running(whole()) as deployment:
        ask(SPEC.service("info"), Fetcher(deployment.address, None, HASTE))
        assert deployment.tokens == {None}


@pytest.mark.parametrize("address", ["http://cave.example", "http://127.0.0.1.example", "http://10.0.0.1:80"])
def test_a_token_is_not_sent_in_the_clear(address):
    with pytest.raises(AddressError, match="Use https"):
        Fetcher(address, TOKEN)


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://a.example", "https://a.example"),
        ("https://A.Example/path?x=1", "https://a.example"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("https://a.example:443/", "https://a.example"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://a.example:80", "https://a.example:80"),
    ],
)
def test_origins(address, origin):
    assert origin_of(address) == origin


@pytest.mark.parametrize(
    "address", ["", "a.example", "ftp://a.example", "https://", "https://a:b", "https://u:p@a.example"]
)
def test_what_is_no_address(address):
    with pytest.raises(AddressError) as caught:
        origin_of(address)
    assert "u:p" not in str(caught.value)


# ---- the command


@pytest.fixture
def project(tmp_path):
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    return tmp_path


def drift(project, *arguments):
    return main(["--root", str(project), "drift", *arguments])


def test_a_whole_deployment(project, capsys):
    with running(whole()) as deployment:
        assert drift(project, "--server", deployment.address, "--fail-on", "info") == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "materialize 5.26.4, API 2, 3: document compared" in told.err
    assert "auth 2.30.3: no document" in told.err
    assert "l2cache: not there" in told.err


def test_a_service_that_is_down_hides_no_other(project, capsys):
    answers = {**whole(), "/materialize/api/versions": answer([2, 3, 4])}
    answers |= {path: answer("", 502) for path in answers if path.startswith("/info")}
    with running(answers) as deployment:
        assert drift(project, "--server", deployment.address, "--format", "json") == 2
    told = json.loads(capsys.readouterr().out)["findings"]
    assert [(each["id"], each["service"]) for each in told] == [
        ("service-silent", "info"),
        ("api-unknown", "materialize"),
    ]


def test_one_service_that_is_named_has_to_be_there(project, capsys):
    with running({}) as deployment:
        assert drift(project, "info", "--server", deployment.address) == 2
        assert all(path.startswith("/info") for path in deployment.paths())
    assert "service-silent: it is not there" in capsys.readouterr().out


def test_an_address_where_nobody_is(project, capsys):
    with running({}) as deployment:
        address = deployment.address
    assert drift(project, "--server", address) == 2
    assert "nobody listens there. Nothing was compared." in capsys.readouterr().err


def test_the_token_comes_from_the_environment_and_is_never_told(project, capsys, monkeypatch):
    monkeypatch.setenv("CAVE_TOKEN", TOKEN)
    answers = {**whole(), "/info/version": answer({"you": TOKEN}, 403)}
    with running(answers) as deployment:
        drift(project, "--server", deployment.address, "--token-from-environment")
        assert deployment.tokens == {f"Bearer {TOKEN}"}
        deployment.tokens.clear()
        drift(project, "--server", deployment.address)
        assert deployment.tokens == {None}
    told = capsys.readouterr()
    assert TOKEN not in told.out + told.err
    assert "/info/version: it answers 403: it does not take the token" in told.out
    assert "/info/version: it answers 403: it wants a token. Set CAVE_TOKEN" in told.out


@pytest.mark.parametrize("value", [None, "", "  "])
def test_without_a_token_there_is_none_to_send(project, capsys, monkeypatch, value):
    monkeypatch.delenv("CAVE_TOKEN", raising=False)
    if value is not None:
        monkeypatch.setenv("CAVE_TOKEN", value)
    assert drift(project, "--server", "http://127.0.0.1:9", "--token-from-environment") == 2
    assert "There is no token in CAVE_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize("value", [f"{TOKEN}\nHost: x", f"{TOKEN}✓", f"{TOKEN} x", f"é{TOKEN}"])
def test_what_is_no_token_is_not_sent_and_not_told(project, capsys, monkeypatch, value):
    monkeypatch.setenv("CAVE_TOKEN", value)
    with running(whole()) as deployment:
        assert drift(project, "--server", deployment.address, "--token-from-environment") == 2
        assert deployment.asked == []
    told = capsys.readouterr()
    assert "CAVE_TOKEN holds characters that are in no token" in told.err
    assert TOKEN not in told.out + told.err


def test_a_document_at_an_address(project, capsys):
    with running(whole()) as deployment:
        assert drift(project, "--swagger", f"{deployment.address}/info/api/swagger.json?key={TOKEN}") == 0
        assert deployment.paths() == [f"/info/api/swagger.json?key={TOKEN}"]
        assert drift(project, "--swagger", f"{deployment.address}/nothing?key={TOKEN}") == 2
        deployment.answers["/page"] = PAGE
        assert drift(project, "--swagger", f"{deployment.address}/page") == 2
    told = capsys.readouterr()
    assert TOKEN not in told.out + told.err
    assert "/nothing: it answers 404" in told.err
    assert "/page: it answers a page (text/html) instead of JSON" in told.err


WRONG_CALLS = [
    (["drift"], "one of the arguments --swagger --server is required"),
    (["drift", "--swagger", "a", "--server", "b"], "not allowed with"),
    (["drift", "--swagger", "a", "--fail-on", "some"], "invalid choice"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG_CALLS)
def test_calls_that_make_no_sense(arguments, message, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


REFUSED = [
    (["--swagger", "nothing.json"], "nothing.json: No such file"),
    (["--swagger", "nothing.json", "--record", "x"], "say --server ADDRESS, too"),
    (["--server", "http://127.0.0.1:9", "--record", " "], "--record takes a name that people can read"),
    (["--server", "http://127.0.0.1:9", "--record", "\x1b[31m"], "--record takes a name"),
    (["infos", "--swagger", "nothing.json"], "There is no service 'infos'"),
    (["info@9", "--server", "http://127.0.0.1:9"], "info has no API 9"),
    (["info@", "--server", "http://127.0.0.1:9"], "names no API version"),
    (["--server", "127.0.0.1"], "is no address. Write it as https://host"),
    (["--server", "http://127.0.0.1:9/materialize"], "Write the server without a path: http://127.0.0.1:9"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_calls_that_are_refused(project, arguments, message, capsys):
    assert drift(project, *arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(("level", "status"), [("none", 0), ("info", 1), ("warning", 1), ("breaking", 0)])
def test_what_fails(project, level, status):
    with running({**whole(), "/info/api/versions": answer([2, 3])}) as deployment:
        assert drift(project, "info", "--server", deployment.address, "--fail-on", level) == status


def test_what_servers_say_cannot_drive_a_terminal(project, capsys):
    paths = {"/v2/datastacks": {"get": {}}, "/v2/\x1b[2J\u202ex": {"get": {"summary": "a\nb\x07"}}}
    document = {"swagger": "2.0", "basePath": "/info/api", "paths": paths}
    (project / "hostile.json").write_text(json.dumps(document))
    assert drift(project, "--swagger", str(project / "hostile.json")) == 1
    out = capsys.readouterr().out
    assert_harmless(out)
    assert len([line for line in out.splitlines() if "route-unknown" in line]) == 1


def assert_harmless(text):
    assert all(char.isprintable() or char == "\n" for char in text)


MOVED = {"swagger": "2.0", "basePath": "/info/api", "paths": {"\x1b[31m\u202efoo": {}}}
HEADER = (200, {"Content-Type": "text/\x1b[31mhtml"}, b"<html>")
ELSEWHERE = redirect("https://ev\x1b[31mil.example/")


@pytest.mark.parametrize("given", [HEADER, answer(MOVED), answer({"openapi": "3\x1b[2J"}), ELSEWHERE])
def test_nor_can_what_they_answer_instead(project, capsys, given):
    with running({"/info/api/swagger.json": given, "/info/api/versions": given}) as deployment:
        assert drift(project, "info", "--server", deployment.address) == 2
        assert drift(project, "--swagger", f"{deployment.address}/info/api/swagger.json") == 2
    told = capsys.readouterr()
    assert_harmless(told.out)
    assert_harmless(told.err)


@pytest.mark.parametrize("version", ["\x1b[31m9.9.9\n::error::x", "5.26.4 " + "x" * 100_000, "9" * 100_000])
@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github", "markdown"])
def test_a_hostile_version_is_short_and_harmless(project, capsys, version, form):
    info = {"title": "Info", "version": version}
    paths = {"/v2/datastacks": {"get": {}}, "/v2/new": {"get": {}}}
    document = {"swagger": "2.0", "basePath": "/info/api", "info": info, "paths": paths}
    (project / "hostile.json").write_text(json.dumps(document))
    assert drift(project, "--swagger", str(project / "hostile.json"), "--format", form) == 1
    told = capsys.readouterr()
    assert_harmless(told.out)
    assert len(told.out) < 40_000
    if form == "json":
        schema = json.loads((ROOT / "codegen/report/comparison.schema.json").read_text())
        jsonschema.validate(json.loads(told.out), schema)
