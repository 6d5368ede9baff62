"""Stacked LSTMs and a projection as an ONNX graph, made once from their weights."""

from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

ONNX_OPSET = 17
IR_VERSION = 9

Weights = Mapping[str, NDArray[np.float32]]


def build_graph(weights: Weights, *, layers: int) -> bytes:
    """The network of GE2E (Wan et al., 2018), serialised: `layers` LSTMs, and of the last state a linear layer, ReLU.

    Input: `frames` (windows, frames, channels). Output: `embeddings` (windows, d), each of length 1. `weights` have the
    names and the order of gates (input, forget, cell, output) of PyTorch. Raises KeyError for a missing one.
    """
    nodes = [helper.make_node("Transpose", ["frames"], ["layer_0"], perm=[1, 0, 2])]
    constants: list[onnx.TensorProto] = []

    def constant(name: str, value: NDArray[np.generic]) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    hidden = weights["lstm.weight_hh_l0"].shape[1]
    for layer in range(layers):
        both = [weights[f"lstm.bias_{kind}_l{layer}"] for kind in ("ih", "hh")]
        inputs = [
            f"layer_{layer}",
            constant(f"input_{layer}", _gates(weights[f"lstm.weight_ih_l{layer}"])[None]),
            constant(f"state_{layer}", _gates(weights[f"lstm.weight_hh_l{layer}"])[None]),
            constant(f"bias_{layer}", np.concatenate([_gates(bias) for bias in both])[None]),
        ]
        nodes += [
            helper.make_node("LSTM", inputs, [f"all_{layer}", f"last_{layer}"], hidden_size=hidden),
            helper.make_node("Squeeze", [f"all_{layer}", "direction"], [f"layer_{layer + 1}"]),
        ]
    constant("direction", np.array([1]))
    constant("first", np.array([0]))
    nodes += [
        helper.make_node("Squeeze", [f"last_{layers - 1}", "first"], ["last"]),
        helper.make_node(
            "Gemm",
            ["last", constant("weight", weights["linear.weight"]), constant("bias", weights["linear.bias"])],
            ["projected"],
            transB=1,
        ),
        helper.make_node("Relu", ["projected"], ["positive"]),
        helper.make_node("LpNormalization", ["positive"], ["embeddings"], axis=1, p=2),
    ]
    channels = weights["lstm.weight_ih_l0"].shape[1]
    graph = helper.make_graph(
        nodes,
        "ge2e",
        [helper.make_tensor_value_info("frames", TensorProto.FLOAT, ["windows", "frames", channels])],
        [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["windows", len(weights["linear.bias"])])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", ONNX_OPSET)], ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    serialised: bytes = model.SerializeToString()
    return serialised


def _gates(weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """From PyTorch's order of gates (input, forget, cell, output) to ONNX's (input, output, forget, cell)."""
    gate_in, forget, cell, gate_out = np.split(weight, 4)
    return np.concatenate([gate_in, gate_out, forget, cell])
