"""TLS from files, with all that stands behind it."""

import asyncio
import shutil
import ssl
from pathlib import Path

import httpx
import pytest
import websockets

from assistant.server.door import DoorError
from tests.assistant.server.served import served

OPENSSL = shutil.which("openssl")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTHSIDE_HOME", str(tmp_path))


@pytest.fixture
async def files(tmp_path: Path) -> dict[str, str]:
    """A certificate for 127.0.0.1 that nobody has signed, and its key."""
    if OPENSSL is None:
        pytest.skip("openssl is not installed")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    wanted = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x"]
    named = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    process = await asyncio.create_subprocess_exec(OPENSSL, *wanted, *named, stderr=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0
    return {"tls_certificate": str(certificate), "tls_key": str(key)}


async def test_requests_and_sessions_go_through_it_and_nothing_goes_beside_it(files: dict[str, str]) -> None:
    trust = ssl.create_default_context(cafile=files["tls_certificate"])
    async with served(**files, read_within_s=5) as server:
        assert server.url.startswith("https://")
        async with httpx.AsyncClient(base_url=server.url, verify=trust) as http:
            page = {"Origin": server.url}
            assert (await http.get("/v1/models", headers=page)).status_code == 200
        async with websockets.connect(server.realtime, ssl=trust) as socket:
            assert "session.created" in str(await socket.recv())
        async with httpx.AsyncClient(base_url=server.url.replace("https", "http")) as plain:
            with pytest.raises(httpx.TransportError):
                await plain.get("/healthz")


async def test_files_that_are_no_use_are_named(files: dict[str, str]) -> None:
    for wrong in ({"tls_certificate": "nowhere.pem"}, {"tls_key": files["tls_certificate"]}):
        with pytest.raises(DoorError, match=r"server\.tls_certificate"):
            async with served(**{**files, **wrong}):
                pass
