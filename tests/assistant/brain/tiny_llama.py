"""A Llama model of some kilobytes with random weights, as a GGUF file and as plain arithmetic in floating point."""

from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *LETTERS, "Ġ", "Ċ", "th", "the", "Ġthe"]
MERGES = ["t h", "th e", "Ġ the"]
TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
LAYERS, HEADS, KV_HEADS, HEAD, HIDDEN, EPSILON, BASE = 2, 4, 2, 16, 96, 1e-5, 10_000.0
WIDTH = HEADS * HEAD

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class TinyLlama:
    weights: dict[str, Floats]

    @classmethod
    def random(cls) -> "TinyLlama":
        random = np.random.default_rng(7)

        def matrix(outputs: int, inputs: int) -> Floats:
            return (random.standard_normal((outputs, inputs)) / np.sqrt(inputs)).astype(np.float32)

        def gain() -> Floats:
            return random.uniform(0.5, 1.5, WIDTH).astype(np.float32)

        weights = {"token_embd": matrix(len(TOKENS), WIDTH) * np.float32(8), "output_norm": gain()}
        for layer in range(LAYERS):
            weights |= {
                f"blk.{layer}.attn_norm": gain(),
                f"blk.{layer}.attn_q": matrix(WIDTH, WIDTH),
                f"blk.{layer}.attn_k": matrix(KV_HEADS * HEAD, WIDTH),
                f"blk.{layer}.attn_v": matrix(KV_HEADS * HEAD, WIDTH),
                f"blk.{layer}.attn_output": matrix(WIDTH, WIDTH),
                f"blk.{layer}.ffn_norm": gain(),
                f"blk.{layer}.ffn_gate": matrix(HIDDEN, WIDTH),
                f"blk.{layer}.ffn_up": matrix(HIDDEN, WIDTH),
                f"blk.{layer}.ffn_down": matrix(WIDTH, HIDDEN),
            }
        return cls(weights)

    def write(self, file: Path, *, architecture: str = "llama", tokenizer: str = "smollm") -> None:
        writer = gguf.GGUFWriter(file, architecture)
        writer.add_block_count(LAYERS)
        writer.add_embedding_length(WIDTH)
        writer.add_feed_forward_length(HIDDEN)
        writer.add_head_count(HEADS)
        writer.add_head_count_kv(KV_HEADS)
        writer.add_layer_norm_rms_eps(EPSILON)
        writer.add_rope_freq_base(BASE)
        writer.add_rope_dimension_count(HEAD)
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(tokenizer)
        writer.add_token_list(TOKENS)
        writer.add_token_merges(MERGES)
        writer.add_chat_template(TEMPLATE)
        for name, weight in self.weights.items():
            writer.add_tensor(f"{name}.weight", weight)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    def logits(self, tokens: list[int]) -> Floats:
        """After the last of the tokens: (vocabulary,)."""
        x = self.weights["token_embd"][tokens]
        for layer in range(LAYERS):
            part = {key.removeprefix(f"blk.{layer}."): value for key, value in self.weights.items()}
            normed = _norm(x, part["attn_norm"])
            queries = _rotated((normed @ part["attn_q"].T).reshape(len(tokens), HEADS, HEAD))
            keys = _rotated((normed @ part["attn_k"].T).reshape(len(tokens), KV_HEADS, HEAD))
            values = (normed @ part["attn_v"].T).reshape(len(tokens), KV_HEADS, HEAD)
            keys, values = (np.repeat(each, HEADS // KV_HEADS, axis=1) for each in (keys, values))
            scores = np.einsum("qhd,khd->hqk", queries, keys) / np.sqrt(HEAD)
            scores += np.triu(np.full((len(tokens), len(tokens)), -np.inf), 1)
            shares = np.exp(scores - scores.max(-1, keepdims=True))
            shares /= shares.sum(-1, keepdims=True)
            attended = np.einsum("hqk,khd->qhd", shares, values).reshape(len(tokens), WIDTH)
            x = x + attended @ part["attn_output"].T
            normed = _norm(x, part["ffn_norm"])
            gate = normed @ part["ffn_gate"].T
            x = x + (gate / (1 + np.exp(-gate)) * (normed @ part["ffn_up"].T)) @ part["ffn_down"].T
        logits: Floats = _norm(x[-1:], self.weights["output_norm"])[0] @ self.weights["token_embd"].T
        return logits


def _norm(x: Floats, gain: Floats) -> Floats:
    normed: Floats = x / np.sqrt((x**2).mean(-1, keepdims=True) + EPSILON) * gain
    return normed


def _rotated(heads: Floats) -> Floats:
    """Rotary positions in GGUF's order: neighbours are a pair. `heads` is (tokens, heads, size)."""
    angles = np.outer(np.arange(len(heads)), BASE ** -(np.arange(0, HEAD, 2) / HEAD))[:, None, :]
    even, odd = heads[..., 0::2], heads[..., 1::2]
    rotated = np.empty_like(heads)
    rotated[..., 0::2] = even * np.cos(angles) - odd * np.sin(angles)
    rotated[..., 1::2] = even * np.sin(angles) + odd * np.cos(angles)
    return rotated
