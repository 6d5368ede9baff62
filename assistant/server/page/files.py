"""The page's files, as they are served: plain HTML, CSS and JavaScript modules, and nothing from elsewhere."""

from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import PurePosixPath

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = files(__package__) / "static"
DOCUMENT = "index.html"
VIEWS = ("/", "/turns")
"""Addresses of the one document, which shows another view at each."""

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "microphone=(self), camera=(self), display-capture=(self), screen-wake-lock=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""Sent with each of them: the page loads nothing from elsewhere, nobody frames it, and what is old is not used."""

NAMES = tuple(sorted(one.name for one in FOLDER.iterdir() if PurePosixPath(one.name).suffix in KINDS))
PATHS = frozenset((*VIEWS, *(f"/page/{name}" for name in NAMES)))
"""What is served here: the same for everybody and without a secret, so it needs no token. A fixed list: no path that a
client makes up reaches a file."""


def routes() -> list[Route]:
    """One for each file, read once."""
    read = {name: (FOLDER / name).read_bytes() for name in NAMES}
    return [
        *(Route(view, _served(read[DOCUMENT], DOCUMENT)) for view in VIEWS),
        *(Route(f"/page/{name}", _served(data, name)) for name, data in read.items()),
    ]


def _served(data: bytes, name: str) -> Callable[[Request], Awaitable[Response]]:
    kind = KINDS[PurePosixPath(name).suffix]

    async def serve(request: Request) -> Response:
        return Response(data, media_type=kind, headers=HEADERS)

    return serve
