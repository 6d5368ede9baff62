"""The page's files, as anybody gets them."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from assistant.config import Config, ServerConfig
from assistant.conversation.engines import Engines
from assistant.daemon import Running
from assistant.server.access import access_policy
from assistant.server.page.files import FOLDER, NAMES, PATHS, VIEWS
from assistant.server.web import build_app
from assistant.telemetry.metrics import Metrics
from tests.assistant.conversation.scripted import EndAfter, LoudnessVad, ScriptedModel, ScriptedStt, ScriptedTts

TEXTS = {name: (FOLDER / name).read_text() for name in NAMES}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token of a server that wants one."""
    engines = Engines(LoudnessVad(), EndAfter(), ScriptedStt([]), ScriptedModel([]), ScriptedTts())
    running = Running(Config(), engines, lambda _: None, Metrics())
    app = build_app(running, access_policy(ServerConfig(tokens=("secret",))))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8765") as client:
        yield client


async def test_the_page_comes_without_a_token_and_what_it_shows_does_not(http: httpx.AsyncClient) -> None:
    for path in PATHS:
        assert (await http.get(path)).status_code == 200, path
    for path in ("/v1/turns", "/v1/models", "/page/", "/page/nothing.js", "/page/../files.py", "/page/%2e%2e/files.py"):
        assert (await http.get(path)).status_code == 401, path


async def test_other_names_and_other_pages_get_nothing(http: httpx.AsyncClient) -> None:
    assert (await http.get("/", headers={"host": "evil.example"})).status_code == 421
    assert (await http.get("/page/main.js", headers={"origin": "http://evil.example"})).status_code == 403


@pytest.mark.parametrize("path", sorted(PATHS))
async def test_the_browser_is_told_to_run_nothing_from_elsewhere(http: httpx.AsyncClient, path: str) -> None:
    headers = (await http.get(path)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_nothing_is_named_that_is_elsewhere_or_not_there() -> None:
    for name, text in TEXTS.items():
        assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}, name  # of SVG, not an address
        assert {f"/page/{one}" for one in re.findall(r"/page/([\w.-]+)", text)} <= PATHS, name
        assert {f"/page/{one}" for one in re.findall(r'from "\./([\w.-]+)"', text)} <= PATHS, name


def test_the_document_obeys_its_own_policy() -> None:
    document = TEXTS["index.html"]
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", document)
    ids = re.findall(r'\sid="([\w-]+)"', document)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([\w-]+)"', document)) <= set(ids)
    assert set(re.findall(r'\$\("([\w-]+)"\)', TEXTS["main.js"])) <= set(ids)
    assert {"/", "/turns"} == set(VIEWS)
