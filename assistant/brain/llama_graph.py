"""A Llama-like decoder as an ONNX graph with 8-bit weights, for ONNX Runtime's own fused operators.

Each step evaluates some tokens after those that are in the key-value cache and gives the logits of some of them.
Every matrix product quantises each token's activations by itself and multiplies integers: on a core with VNNI or
AMX twelve new tokens and the first word take 14 ms, in llama.cpp's AVX2 wheel 80 ms. A scale per token, not per
call, costs nothing here, and the outcome does not depend, but for rounding, on how a prompt was cut into pieces.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper

from assistant.brain.llama_shape import LlamaShape

ONNX_OPSET = 17
IR_VERSION = 9
FUSED = "com.microsoft"
"""The domain of ONNX Runtime's operators."""

LEVELS = 127
ZERO_POINT = 128

Weights = Callable[[str], NDArray[np.float32]]
"""Gives a weight of the model by its GGUF name, without `.weight`; matrices as (outputs, inputs)."""


def build_graph(shape: LlamaShape, weights: Weights, *, signed_weights: bool) -> onnx.ModelProto:
    """The model. Inputs: `tokens` (1, n); `wanted` (k), which of these the logits are wanted of; `last`, the last one's
    position; `total`, the tokens in the cache after the step; `cos` and `sin` (context, head_size / 2) of
    `LlamaShape.rotations`; and per layer the cache `key_i`, `value_i` (1, kv_heads, context, head_size), which the
    outputs `new_key_i`, `new_value_i` overwrite in place when they are bound to the same memory. Output, besides:
    `logits` (1, k, vocabulary).

    `signed_weights` is right for processors with integer dot products; older ones would saturate.
    """
    graph = _Graph(signed_weights)
    embedding = weights("token_embd")
    residual, branch = graph.embed(embedding), ""
    for layer in range(shape.layers):
        part = _prefixed(weights, f"blk.{layer}.")
        residual, normed = graph.norm(residual, branch, part("attn_norm"), shape.norm_epsilon)
        queries = np.concatenate([part("attn_q"), part("attn_k"), part("attn_v")])
        attended = graph.attend(graph.linear(normed, queries), layer, shape)
        residual, normed = graph.norm(
            residual, graph.linear(attended, part("attn_output")), part("ffn_norm"), shape.norm_epsilon
        )
        both = graph.linear(normed, np.concatenate([part("ffn_gate"), part("ffn_up")]))
        branch = graph.linear(graph.gate(both, shape.hidden), part("ffn_down"))
    _, normed = graph.norm(residual, branch, weights("output_norm"), shape.norm_epsilon)
    wanted = graph.node("Gather", [normed, "wanted"], axis=1)
    graph.linear(wanted, embedding if shape.is_tied else weights("output"), output="logits")
    graph.outputs.append(helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, "k", len(embedding)]))
    return graph.model()


def _prefixed(weights: Weights, prefix: str) -> Weights:
    return lambda name: weights(prefix + name)


@dataclass(slots=True)
class _Graph:
    """The graph under construction; what adds a part returns the name of its result."""

    signed_weights: bool
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, onnx.TensorProto] = field(default_factory=dict)
    inputs: list[onnx.ValueInfoProto] = field(
        default_factory=lambda: [
            helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "new"]),
            helper.make_tensor_value_info("wanted", TensorProto.INT64, ["k"]),
            helper.make_tensor_value_info("last", TensorProto.INT32, [1]),
            helper.make_tensor_value_info("total", TensorProto.INT32, [1]),
            helper.make_tensor_value_info("cos", TensorProto.FLOAT, ["context", "half"]),
            helper.make_tensor_value_info("sin", TensorProto.FLOAT, ["context", "half"]),
        ]
    )
    outputs: list[onnx.ValueInfoProto] = field(default_factory=list)

    def constant(self, name: str, value: ArrayLike) -> str:
        self.constants[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def node(
        self, operator: str, inputs: Sequence[str], output: str = "", *, domain: str = "", **attributes: Any
    ) -> str:
        name = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name

    def embed(self, embedding: NDArray[np.float32]) -> str:
        """The tokens' embeddings, kept in 8 bits with a scale each."""
        levels, scales = _quantise(embedding)
        rows = self.node("Gather", [self.constant("embedding", levels), "tokens"])
        scale = self.node("Gather", [self.constant("embedding_scales", scales[:, None]), "tokens"])
        return self.node("Mul", [self.node("Cast", [rows], to=TensorProto.FLOAT), scale])

    def norm(self, residual: str, branch: str, gain: NDArray[np.float32], epsilon: float) -> tuple[str, str]:
        """Add the branch, if there is one, to the residual; returns the sum and its root-mean-square norm."""
        normed = f"norm_{len(self.nodes)}"
        gain_name = self.constant(f"{normed}_gain", gain)
        if not branch:
            self.node("SimplifiedLayerNormalization", [residual, gain_name], normed, axis=-1, epsilon=epsilon)
            return residual, normed
        total = f"sum_{len(self.nodes)}"
        outputs = [normed, "", "", total]
        inputs = [residual, branch, gain_name]
        self.nodes.append(
            helper.make_node("SkipSimplifiedLayerNormalization", inputs, outputs, domain=FUSED, epsilon=epsilon)
        )
        return total, normed

    def linear(self, x: str, weight: NDArray[np.float32], output: str = "") -> str:
        """`x` times the transposed weight; both in 8 bits, with a scale per token and one per output."""
        name = f"linear_{len(self.nodes)}"
        levels, scales = _quantise(weight)
        if not self.signed_weights:
            levels = (levels.astype(np.int16) + ZERO_POINT).astype(np.uint8)
        zero_points = [self.constant("zero", np.uint8(ZERO_POINT))]
        if not self.signed_weights:
            zero_points.append("zero")
        largest = self.node("ReduceMax", [self.node("Abs", [x])], axes=[-1], keepdims=1)
        scale = self.node("Mul", [largest, self.constant("per_level", np.float32(1 / LEVELS))])
        # Half a level more than the zero point: the cast cuts off, and so rounds.
        shifted = self.node(
            "Add", [self.node("Div", [x, scale]), self.constant("offset", np.float32(ZERO_POINT + 0.5))]
        )
        quantised = self.node("Cast", [shifted], to=TensorProto.UINT8)
        product = self.node("MatMulInteger", [quantised, self.constant(f"{name}_weight", levels.T), *zero_points])
        scaled = self.node("Mul", [self.node("Cast", [product], to=TensorProto.FLOAT), scale])
        return self.node("Mul", [scaled, self.constant(f"{name}_scales", scales)], output or name)

    def attend(self, queries: str, layer: int, shape: LlamaShape) -> str:
        """Attention over the cache, to which the new keys and values are added."""
        name = f"attention_{layer}"
        cache = [f"key_{layer}", f"value_{layer}"]
        self.nodes.append(
            helper.make_node(
                "GroupQueryAttention",
                [queries, "", "", *cache, "last", "total", "cos", "sin"],
                [name, *(f"new_{part}" for part in cache)],
                domain=FUSED,
                num_heads=shape.heads,
                kv_num_heads=shape.kv_heads,
                do_rotary=1,
                rotary_interleaved=1,  # GGUF files hold the queries and keys of Llama models in this order
            )
        )
        for part in cache:
            size: list[str | int | None] = [1, shape.kv_heads, "context", shape.head_size]
            self.inputs.append(helper.make_tensor_value_info(part, TensorProto.FLOAT, size))
            self.outputs.append(helper.make_tensor_value_info(f"new_{part}", TensorProto.FLOAT, size))
        return name

    def gate(self, both: str, hidden: int) -> str:
        """SiLU of the first half times the second."""
        gate, up = f"gate_{len(self.nodes)}", f"up_{len(self.nodes)}"
        sizes = self.constant("halves", np.array([hidden, hidden]))
        self.nodes.append(helper.make_node("Split", [both, sizes], [gate, up], axis=-1))
        return self.node("Mul", [self.node("QuickGelu", [gate], domain=FUSED, alpha=1.0), up])

    def model(self) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, "llama", self.inputs, self.outputs, list(self.constants.values()))
        opsets = [helper.make_opsetid("", ONNX_OPSET), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


def _quantise(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Levels and a scale per row."""
    scales = np.maximum(np.abs(weight).max(axis=1), 1e-8) / LEVELS
    return np.rint(weight / scales[:, None]).astype(np.int8), scales.astype(np.float32)
