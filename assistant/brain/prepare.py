"""Makes of a GGUF file what the embedded language model runs: an ONNX graph and a tokenizer.

Run by `assistant.brain.prepared` as `python -m assistant.brain.prepare MODEL.gguf FOLDER s8|u8`, in a process of its
own: it takes five seconds and half a gigabyte.
"""

import functools
import glob
import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import onnx
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence

from assistant.brain.llama_graph import build_graph
from assistant.brain.llama_shape import LlamaShape
from assistant.brain.prepared import GRAPH, SHAPE, TOKENIZER, UNSUPPORTED

LARGEST_WEIGHTS = 1_500_000_000
"""They take a byte each, and an ONNX file in one piece holds 2 GB. A larger one is too slow for a processor anyway."""
TOKENIZER_KIND = "smollm"
START, END = "<|im_start|>", "<|im_end|>"


class Unsupported(Exception):
    """A kind of model that is left to llama.cpp. Half a sentence says why."""


def prepare(model: Path, folder: Path, *, signed_weights: bool) -> None:
    """Write the files for `model` into `folder`, all of them or none; what was made of it before goes.

    Raises Unsupported, and OSError.
    """
    try:
        reader = gguf.GGUFReader(model)
    except (ValueError, IndexError) as error:
        raise Unsupported(f"it cannot be read ({error})") from None
    shape, tokenizer = _shape(reader), _tokenizer(reader)
    tensors = {tensor.name: tensor for tensor in reader.tensors}

    def weights(name: str) -> NDArray[np.float32]:
        tensor = tensors[f"{name}.weight"]
        return np.asarray(gguf.quants.dequantize(tensor.data, tensor.tensor_type), np.float32)

    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unfinished-"))
    try:
        tokenizer.save(str(unfinished / TOKENIZER))
        (unfinished / SHAPE).write_text(json.dumps(asdict(shape)))
        onnx.save(build_graph(shape, weights, signed_weights=signed_weights), unfinished / GRAPH)
        for earlier in folder.parent.glob(f"{glob.escape(model.stem)}-*-?8-*"):
            shutil.rmtree(earlier)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _shape(reader: gguf.GGUFReader) -> LlamaShape:
    fact = functools.partial(_fact, reader)
    names = {tensor.name for tensor in reader.tensors}
    template = fact("tokenizer.chat_template") or ""
    if fact("general.architecture") != "llama":
        raise Unsupported(f"its architecture is {fact('general.architecture')}")
    if fact("llama.expert_count") or fact("llama.rope.scaling.type") or "rope_freqs.weight" in names:
        raise Unsupported("it has experts or scaled positions")
    if any(name.endswith(".bias") for name in names):
        raise Unsupported("it has biases")
    if fact("tokenizer.ggml.pre") != TOKENIZER_KIND or START not in template or END not in template:
        raise Unsupported("its tokenizer or its chat template is another")
    if sum(int(tensor.n_elements) for tensor in reader.tensors) > LARGEST_WEIGHTS:
        raise Unsupported("it is too large")
    heads, width = fact("llama.attention.head_count"), fact("llama.embedding_length")
    return LlamaShape(
        layers=fact("llama.block_count"),
        heads=heads,
        kv_heads=fact("llama.attention.head_count_kv") or heads,
        head_size=fact("llama.rope.dimension_count") or width // heads,
        hidden=fact("llama.feed_forward_length"),
        norm_epsilon=fact("llama.attention.layer_norm_rms_epsilon"),
        rope_base=fact("llama.rope.freq_base") or 10_000.0,
        is_tied="output.weight" not in names,
    )


def _fact(reader: gguf.GGUFReader, key: str) -> Any:
    field = reader.get_field(key)
    return None if field is None else field.contents()


def _tokenizer(reader: gguf.GGUFReader) -> Tokenizer:
    """The tokenizer without its special tokens, so that what is said cannot become one."""
    vocabulary = {token: number for number, token in enumerate(_fact(reader, "tokenizer.ggml.tokens"))}
    merges = [(first, second) for first, second in map(str.split, _fact(reader, "tokenizer.ggml.merges"))]
    tokenizer = Tokenizer(BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = ByteLevelDecoder()
    return tokenizer


def main(model: Path, folder: Path, kind: str) -> int:
    """The program; the reason of a failure is the last line on standard error."""
    try:
        prepare(model, folder, signed_weights=kind == "s8")
    except Unsupported as error:
        sys.stderr.write(f"{error}\n")
        return UNSUPPORTED
    except OSError as error:
        sys.stderr.write(f"{folder}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
