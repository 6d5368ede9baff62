"""Any OpenAI-compatible server works by configuration alone: here dasLLAMA, whose model runtime and HTTP are its own.

The same weights as the embedded model's, re-coded to Q8_0 because dasLLAMA does not read Q4_1.
"""

import asyncio
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from assistant.brain.build import open_language_model
from assistant.brain.embedded import model_file
from assistant.config import Config, LlmConfig
from assistant.conversation.history import Exchange, History
from assistant.conversation.messages import TextDelta, Usage
from assistant.conversation.protocols import ModelError
from assistant.models.verify import verified_folder
from tests.journeys.daemon_process import converse
from tests.recordings import Recording

if os.environ.get("CI") == "true":
    import dasllama
    import gguf
else:
    dasllama = pytest.importorskip("dasllama")
    gguf = pytest.importorskip("gguf")

pytestmark = pytest.mark.journey


@dataclass(frozen=True)
class SecondServer:
    base_url: str
    model: str
    process: psutil.Process

    def config(self, **changes: object) -> LlmConfig:
        return LlmConfig.model_validate({"base_url": self.base_url, "model": self.model, "temperature": 0, **changes})

    def cpu_s(self) -> float:
        """Processor time that it has used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@pytest.fixture(scope="module")
def second_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondServer]:
    folder = tmp_path_factory.mktemp("second-server")
    model = folder / "small.gguf"
    recode(model_file(verified_folder(Config().llm.model)), model)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {"model": model, "port": port, "host": "127.0.0.1", "gpu": "off", "threads": 1, "ctx": 2048, "streams": 1}
    command = [dasllama.tool_path("dasllama-server"), *(f"--{name}={value}" for name, value in options.items())]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, "HOME": str(folder)}, stdout=log, stderr=log)
    try:
        base_url = f"http://127.0.0.1:{port}/v1"
        for attempt in Retrying(
            stop=stop_after_delay(60),
            wait=wait_fixed(0.1),
            retry=retry_if_exception_type(httpx.HTTPError),
            reraise=True,
        ):
            with attempt:
                assert process.poll() is None, (folder / "log").read_text()
                (offered,) = httpx.get(f"{base_url}/models", trust_env=False).json()["data"]
        yield SecondServer(base_url, offered["id"], psutil.Process(process.pid))
    finally:
        process.kill()
        process.wait()


def recode(source: Path, target: Path) -> None:
    """Copy a GGUF model with its Q4_1 weights re-coded to Q8_0."""
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, reader.get_field("general.architecture").contents())
    for entry in reader.fields.values():
        if not entry.name.startswith("GGUF.") and entry.name != "general.architecture":
            kind, *inner = entry.types
            writer.add_key_value(entry.name, entry.contents(), kind, sub_type=inner[-1] if inner else None)
    coarse, fine = gguf.GGMLQuantizationType.Q4_1, gguf.GGMLQuantizationType.Q8_0
    for tensor in reader.tensors:
        if tensor.tensor_type == coarse:
            weights = gguf.quants.dequantize(tensor.data, coarse)
            writer.add_tensor(tensor.name, gguf.quants.quantize(weights, fine), raw_dtype=fine)
        else:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def no_folder(name: str) -> Path:
    raise AssertionError(f"no model file is needed, and {name} was asked for")


async def test_a_conversation_of_two_turns(second_server: SecondServer) -> None:
    history = History(Config().conversation.system_prompt, max_turns=12, budget_tokens=1900)
    async with open_language_model(second_server.config(), no_folder) as model:
        await model.warm(history.prefix())
        for question, word in (("What is the capital of France?", "Paris"), ("How many people live there?", "")):
            async with aclosing(model.stream(history.messages(question))) as events:
                heard = [event async for event in events]
            answer = "".join(event.text for event in heard if isinstance(event, TextDelta))
            usage = heard[-1]
            assert word in answer
            assert isinstance(usage, Usage)
            assert usage.cached_tokens is not None
            history.append(Exchange(question, answer))
    assert usage.cached_tokens > 40, "the prompt begins as the turn before did"


async def test_a_wrong_model_is_told_with_the_right_one(second_server: SecondServer) -> None:
    async with open_language_model(second_server.config(model="large"), no_folder) as model:
        with pytest.raises(ModelError, match=rf"has no model 'large' \(404\); it offers {second_server.model}"):
            await model.warm(())


async def test_a_dropped_answer_stops_its_work(second_server: SecondServer) -> None:
    prompt = History("You tell stories.", max_turns=12, budget_tokens=1900).messages("Tell me a long story of the sea.")

    async with open_language_model(second_server.config(max_tokens=300), no_folder) as model:
        before_s = second_server.cpu_s()
        async with aclosing(model.stream(prompt)) as events:
            *_, usage = [event async for event in events]
        whole_s = second_server.cpu_s() - before_s
        assert isinstance(usage, Usage)
        assert usage.completion_tokens > 100, "a short answer cannot show that its rest was not written"
        before_s = second_server.cpu_s()
        async with aclosing(model.stream(prompt)) as events:
            await anext(events)
        while await asyncio.to_thread(second_server.process.cpu_percent, 0.3) > 20:
            assert second_server.cpu_s() - before_s < whole_s / 2
        assert second_server.cpu_s() - before_s < whole_s / 2


async def test_the_daemon_answers_aloud_through_it(
    second_server: SecondServer, tmp_path: Path, questions: list[Recording]
) -> None:
    env = {"HEARTHSIDE_LLM__BASE_URL": second_server.base_url, "HEARTHSIDE_LLM__MODEL": second_server.model}
    before_s = second_server.cpu_s()
    status, _, run = await converse(tmp_path, questions[0].file, env=env)
    assert status == 0, run.stderr
    (turn,) = run.turns()
    assert turn["outcome"] == "answered"
    assert turn["answer_text"] == turn["heard_text"] != ""
    assert second_server.cpu_s() > before_s, "another model answered"
