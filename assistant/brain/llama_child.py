"""The child process that serves the embedded language model: llama.cpp's own server, on loopback alone.

Run by `assistant.brain.embedded` as `python -m assistant.brain.llama_child MODEL.gguf CONTEXT THREADS`.
"""

import os
import secrets
import sys
from pathlib import Path
from typing import Any

from audio.child_side import GIVES_WAY, connect

BATCH_TOKENS = 64
"""A prompt is evaluated in pieces of this size, and between two of them a dropped request is let go.

On two free cores a piece takes 0.26 s, and a long prompt 9 % longer than in pieces of 512.
"""


def main(model: Path, context_tokens: int, threads: int) -> None:
    """Serve until the daemon goes away."""
    pipe = connect(niceness=GIVES_WAY)
    try:
        import xllamacpp
    except ImportError as error:
        pipe.send(
            {
                "type": "error",
                "message": f"the embedded language model needs xllamacpp ({error}): "
                "install hearthside[embedded], or set llm.base_url to a server",
            }
        )
        return
    api_key = secrets.token_urlsafe(32)
    try:
        server = xllamacpp.Server(_parameters(xllamacpp, model, context_tokens, threads, api_key))
    except Exception as error:  # whatever native code makes of a file that it cannot use
        pipe.send(
            {
                "type": "error",
                "message": f"the embedded language model cannot use {model}: {error}; run `hearthside models verify`",
            }
        )
        return
    pipe.send({"type": "ready", "base_url": f"{server.listening_address}/v1", "api_key": api_key})
    for _ in pipe.receive():
        pass
    os._exit(0)  # the server's own shutdown waits for its threads; nothing here needs saving


def _parameters(xllamacpp: Any, model: Path, context_tokens: int, threads: int, api_key: str) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.model_alias = {model.stem}  # otherwise the server tells the file's path
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [api_key]
    parameters.cors_origins = ""  # the server's default lets any web page ask
    parameters.cors_credentials = False
    parameters.ui = False
    parameters.offline = True
    parameters.n_ctx = context_tokens
    parameters.fit_params = False  # it would shrink the context that was asked for
    # One slot, so that the prompt's prefix is in the one cache that every turn uses. A second slot would halve
    # the context, start cold, and share the same two cores.
    parameters.n_parallel = 1
    parameters.cache_prompt = True
    parameters.cache_ram_mib = 0  # by default up to 8 GiB of old prompts are kept
    parameters.n_batch = BATCH_TOKENS
    parameters.n_ubatch = BATCH_TOKENS
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    # No spinning between operations: as fast when alone, and kinder to the speech engines beside it.
    parameters.cpuparams.poll = 0
    parameters.cpuparams_batch.poll = 0
    parameters.verbosity = 1  # errors alone
    return parameters


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
