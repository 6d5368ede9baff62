"""The description of the HTTP API: it is of this one."""

from starlette.routing import Route

from assistant.config import Config
from assistant.server.access import access_policy
from assistant.server.openapi import document
from assistant.server.page.files import PATHS
from assistant.server.web import build_app
from tests.assistant.server.served import running

UNDESCRIBED = PATHS | {"/openapi.json"}
"""The page's files are for browsers."""


def test_every_route_is_described_and_nothing_else() -> None:
    app = build_app(running(Config()), access_policy(Config().server))
    routes = {
        (route.path, method.lower())
        for route in app.routes
        if isinstance(route, Route) and route.path not in UNDESCRIBED
        for method in (route.methods or set()) - {"HEAD"}
    }
    described = {(path, method) for path, operations in document()["paths"].items() for method in operations}
    assert described == routes


def test_what_a_request_holds_is_what_is_checked() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["ChatRequest"]["required"] == ["messages"]
    assert schemas["SpeechRequest"]["properties"]["input"]["maxLength"] == 4096
