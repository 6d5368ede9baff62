"""The embedded model: the real one, in its real child process."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from assistant.brain.build import open_language_model
from assistant.brain.embedded import EmbeddedModel, model_file
from assistant.brain.openai_chat import OpenAIChat
from assistant.config import ConversationConfig, LlmConfig
from assistant.conversation.history import Exchange, History, estimate_tokens
from assistant.conversation.messages import Message, TextDelta, Usage
from assistant.conversation.protocols import LanguageModel, ModelError
from assistant.models.verify import verified_folder
from audio.child import Child

CONFIG = LlmConfig(threads=1, temperature=0.0)
SYSTEM = Message("system", ConversationConfig().system_prompt)
STORY = (SYSTEM, Message("user", "Tell me a long story about a ship and its captain."))
CHILD = "assistant.brain.llama_child"


@pytest.fixture(scope="module")
def model_path() -> Path:
    return model_file(verified_folder(CONFIG.model))


@pytest.fixture
async def model(model_path: Path) -> AsyncIterator[EmbeddedModel]:
    async with EmbeddedModel(CONFIG, model_path) as model:
        await model.warm([SYSTEM])
        yield model


class Server:
    """The child's server by itself, with a look at its inside."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self.chat = OpenAIChat(CONFIG.model_copy(update={"base_url": base_url, "api_key": api_key}))
        root = base_url.removesuffix("/v1")
        self.http = httpx.AsyncClient(base_url=root, headers={"Authorization": f"Bearer {api_key}"}, trust_env=False)

    async def is_busy(self) -> bool:
        (slot,) = (await self.http.get("/slots")).json()
        return bool(slot["is_processing"])

    async def idle_after_s(self) -> float:
        start = time.monotonic()
        async with asyncio.timeout(30):
            while await self.is_busy():
                pass  # each look is a request; there is nothing to wait on
        return time.monotonic() - start

    async def tokens(self, text: str) -> int:
        return len((await self.http.post("/tokenize", json={"content": text})).json()["tokens"])


@pytest.fixture
async def server(model_path: Path) -> AsyncIterator[Server]:
    arguments = [str(model_path), str(CONFIG.context_tokens), str(CONFIG.threads)]
    child, ready = await Child.spawn("model", CHILD, arguments)
    server = Server(ready["base_url"], ready["api_key"])
    try:
        await server.chat.warm([SYSTEM])
        yield server
    finally:
        await server.chat.close()
        await server.http.aclose()
        await child.stop()


async def ask(model: LanguageModel, *messages: Message) -> tuple[str, Usage]:
    async with aclosing(model.stream(messages)) as events:
        heard = [event async for event in events]
    text = "".join(event.text for event in heard if isinstance(event, TextDelta))
    usage = heard[-1]
    assert isinstance(usage, Usage)
    return text, usage


@contextmanager
def line_logged(part: str) -> Iterator[asyncio.Event]:
    """An event that is set when the embedded model logs a line with this part."""
    logged, handler = asyncio.Event(), logging.Handler()
    logger = logging.getLogger("assistant.brain.embedded")

    def emit(record: logging.LogRecord) -> None:
        if part in record.getMessage():
            logged.set()

    handler.emit = emit  # type: ignore[method-assign]
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield logged
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def children() -> list[psutil.Process]:
    """The children of this process that serve a model."""
    return [child for child in psutil.Process().children(recursive=True) if CHILD in " ".join(child.cmdline())]


async def test_an_answer_streams(model: EmbeddedModel) -> None:
    text, usage = await ask(model, SYSTEM, Message("user", "What is the capital of France?"))
    assert "Paris" in text
    assert usage.completion_tokens > 3


async def test_the_warmed_prefix_is_not_evaluated_again(model: EmbeddedModel) -> None:
    _, usage = await ask(model, SYSTEM, Message("user", "What is the capital of France?"))
    assert usage.cached_tokens is not None
    assert usage.cached_tokens > 40
    assert usage.prompt_tokens - usage.cached_tokens < 20


async def test_the_next_turn_evaluates_only_what_is_new(model: EmbeddedModel) -> None:
    history = History(SYSTEM.content, max_turns=12, budget_tokens=1900)
    for question in ("What is the capital of France?", "Is it large?", "Who lives there?"):
        text, usage = await ask(model, *history.messages(question))
        history.append(Exchange(question, text))
        assert usage.prompt_tokens - (usage.cached_tokens or 0) < 25


async def test_a_killed_child_is_an_error_at_once_and_back_within_two_seconds(model: EmbeddedModel) -> None:
    heard = 0
    with pytest.raises(ModelError, match="the embedded language model cut the answer off"):
        async with aclosing(model.stream(STORY)) as events:
            async for _ in events:
                heard += 1
                if heard == 3:
                    (child,) = children()
                    child.kill()
                    killed_at_s = time.monotonic()
    assert time.monotonic() - killed_at_s < 0.5
    text, _ = await ask(model, SYSTEM, Message("user", "What is the capital of France?"))
    assert "Paris" in text
    assert time.monotonic() - killed_at_s < 3.0


async def test_a_child_that_was_started_again_warms_itself(model: EmbeddedModel) -> None:
    (child,) = children()
    with line_logged("warm again") as is_warm:
        child.kill()
        await asyncio.wait_for(is_warm.wait(), 10)
    _, usage = await ask(model, SYSTEM, Message("user", "What is the capital of France?"))
    assert usage.cached_tokens is not None
    assert usage.cached_tokens > 40


async def test_a_question_to_a_child_that_has_just_died_is_answered_by_its_successor(model: EmbeddedModel) -> None:
    (child,) = children()
    child.kill()
    text, _ = await ask(model, SYSTEM, Message("user", "What is the capital of France?"))
    assert "Paris" in text


async def test_closing_leaves_no_child(model_path: Path) -> None:
    async with open_language_model(CONFIG, lambda name: model_path.parent) as model:
        await model.warm([SYSTEM])
        assert len(children()) == 1
    assert children() == []


async def test_closing_during_the_start_leaves_no_child(model_path: Path) -> None:
    async with EmbeddedModel(CONFIG, model_path):
        await asyncio.sleep(0)  # let the supervisor begin
    assert children() == []


async def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no \.gguf file; run `hearthside models fetch`"):
        async with open_language_model(CONFIG, lambda name: tmp_path):
            pass


async def test_a_file_that_is_no_model_is_told_without_waiting(tmp_path: Path) -> None:
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"GGUF" + bytes(1000))
    async with EmbeddedModel(CONFIG, file) as model:
        with pytest.raises(ModelError, match=r"cannot use .*broken\.gguf.*run `hearthside models verify`"):
            await model.warm([SYSTEM])
        with pytest.raises(ModelError, match=r"cannot use .*broken\.gguf"):
            await ask(model, SYSTEM)


async def test_the_child_ends_when_the_daemon_is_killed(model_path: Path) -> None:
    daemon = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from assistant.brain.embedded import EmbeddedModel\n"
        "from assistant.config import LlmConfig\n"
        "from assistant.conversation.messages import Message\n"
        "async def main():\n"
        "    async with EmbeddedModel(LlmConfig(threads=1), Path(sys.argv[1])) as model:\n"
        "        await model.warm([Message('system', 'Be brief.')])\n"
        "        print('warm', flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", daemon, str(model_path), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 30) == b"warm\n"
    (child,) = psutil.Process(process.pid).children()
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    gone, _ = await asyncio.to_thread(psutil.wait_procs, [child], 2)
    assert gone == [child]


async def test_cancelling_an_answer_frees_the_server(server: Server) -> None:
    async with aclosing(server.chat.stream(STORY)) as events:
        await anext(events)
        assert await server.is_busy()
    assert await server.idle_after_s() < 0.5


async def test_cancelling_during_a_long_prompt_frees_the_server(server: Server) -> None:
    long = Message("user", " ".join(f"word {number}," for number in range(300)))  # some 1,500 tokens: 10 s of work
    asking = asyncio.create_task(ask(server.chat, SYSTEM, long))
    while not await server.is_busy():
        assert not asking.done()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await server.idle_after_s() < 2.0  # 0.1 s on a machine of its own


async def test_answers_that_are_dropped_early_cost_no_more_than_their_beginning(server: Server) -> None:
    start = time.monotonic()
    for _ in range(5):
        async with aclosing(server.chat.stream(STORY)) as events:
            await anext(events)
    dropped_s = time.monotonic() - start
    start = time.monotonic()
    _, usage = await ask(server.chat, *STORY)
    assert usage.completion_tokens == CONFIG.max_tokens
    assert dropped_s < time.monotonic() - start


async def test_nobody_without_the_key_gets_an_answer(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.http.base_url, trust_env=False) as stranger:
        for path in ("/v1/models", "/slots", "/props"):
            assert (await stranger.get(path)).status_code == 401
        asked = await stranger.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "Hi"}]})
        assert asked.status_code == 401


async def test_no_web_page_may_read_what_the_server_says(server: Server) -> None:
    headers = {"Origin": "https://example.org", "Access-Control-Request-Headers": "authorization"}
    for response in (
        await server.http.options("/v1/chat/completions", headers=headers),
        await server.http.get("/health", headers=headers),
    ):
        assert response.headers.get("access-control-allow-origin", "") == ""
    assert (await server.http.get("/")).status_code == 404


async def test_the_server_listens_on_loopback_alone(server: Server) -> None:
    listening = {
        connection.laddr.ip
        for child in children()
        for connection in child.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


async def test_neither_the_key_nor_the_path_of_the_model_is_shown(server: Server, model_path: Path) -> None:
    key = server.http.headers["authorization"].removeprefix("Bearer ")
    (child,) = children()
    assert key not in " ".join(child.cmdline())
    assert key not in json.dumps(child.environ())
    assert str(model_path.parent) not in (await server.http.get("/v1/models")).text


async def test_the_estimate_of_tokens_is_never_too_low(server: Server) -> None:
    for text in (
        "What is the weather like in Amsterdam tomorrow afternoon?",
        "Call 0151 23456789 at 17:45, extension #3!",
        "Wie spät ist es, und wann fährt der nächste Zug nach Köln-Mülheim?",
        "今何時ですか。東京の天気を教えてください。",
        "Ok 🙂🙃 ... WTF?! https://example.org/a?b=c&d=%20",
        "supercalifragilisticexpialidocious antidisestablishmentarianism",
    ):
        assert estimate_tokens(text) >= await server.tokens(text), text
