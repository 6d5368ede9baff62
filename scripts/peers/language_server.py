"""The one language model that all peers ask: llama.cpp's server on loopback.

usage: python -m scripts.peers.language_server MODEL.gguf THREADS MAX_TOKENS TEMPERATURE SLOTS
"""

import json
import sys

import xllamacpp

CONTEXT_TOKENS = 2048


def main(model: str, threads: int, max_tokens: int, temperature: float, slots: int) -> None:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = model
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = ["peers"]
    parameters.ui = False
    parameters.offline = True
    parameters.n_parallel = slots  # a cache of its own for each peer: their prompts differ, and share no prefix
    parameters.n_ctx = CONTEXT_TOKENS * slots
    parameters.kv_unified = False
    parameters.cache_prompt = True
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    # No spinning between operations: as fast on free cores, and not a hundred times slower beside a busy program.
    parameters.cpuparams.poll = 0
    parameters.cpuparams_batch.poll = 0
    parameters.n_predict = max_tokens  # where the peer itself sets no limit
    parameters.sampling.temp = temperature
    parameters.verbosity = 1
    server = xllamacpp.Server(parameters)
    print(json.dumps({"base_url": f"{server.listening_address}/v1", "api_key": "peers"}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))
