"""Model files from a model hub, over HTTP. An alternative source: the default models never need it."""

import os
from collections.abc import Callable
from pathlib import Path

import httpx
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from assistant.models.manifest import HubSource, Model, ModelFile
from assistant.models.sources import Progress, SourceError, part_of

ATTEMPTS = 5
"""Connections per file. Each goes on where the one before it broke off."""


class Interrupted(Exception):
    """The transfer broke off or the hub is busy; what has come is kept and the rest can be asked for."""


def fetch_into(folder: Path, model: Model, source: HubSource, on_progress: Progress) -> None:
    """Put the model's files into `folder`. HF_ENDPOINT names another hub than the public one.

    Raises SourceError, or OSError where `folder` cannot be written.
    """
    from huggingface_hub import hf_hub_url  # 0.3 s to import, and rarely wanted

    done = 0
    with httpx.Client(follow_redirects=True, timeout=30.0) as client:
        for file in model.files:
            path = f"{source.folder}/{file.name}" if source.folder else file.name
            url = hf_hub_url(source.repository, path, revision=source.revision, endpoint=os.environ.get("HF_ENDPOINT"))
            waits = wait_exponential(multiplier=0.2, max=5.0)
            retrying = Retrying(
                stop=stop_after_attempt(ATTEMPTS), wait=waits, retry=retry_if_exception_type(Interrupted)
            )
            try:
                retrying(_receive, client, url, folder / file.name, file, part_of(on_progress, done, model.bytes))
            except RetryError as failed:
                raise SourceError(f"{source.repository}: {failed.last_attempt.exception()}") from None
            done += file.bytes


def _receive(
    client: httpx.Client, url: str, target: Path, expected: ModelFile, on_bytes: Callable[[int], None]
) -> None:
    have = target.stat().st_size if target.exists() else 0
    try:
        # The bytes as they lie there: a compressed transfer could not go on from a byte of the file.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        with client.stream("GET", url, headers=headers) as response:
            if response.status_code in (429, 500, 502, 503, 504):
                raise Interrupted(f"the hub answers {response.status_code}")
            if response.is_error:
                raise SourceError(f"{expected.name}: the hub answers {response.status_code} {response.reason_phrase}")
            with target.open("ab" if response.status_code == httpx.codes.PARTIAL_CONTENT else "wb") as file:
                for block in response.iter_raw():
                    if file.tell() + len(block) > expected.bytes:
                        raise SourceError(f"refused, {expected.name} is longer than {expected.bytes:,} bytes")
                    file.write(block)
                    on_bytes(file.tell())
                file.flush()
                os.fsync(file.fileno())
    except httpx.TransportError as error:
        raise Interrupted(f"the hub cannot be reached: {error or type(error).__name__}") from error
    if target.stat().st_size < expected.bytes:
        raise Interrupted(f"{expected.name} broke off")
