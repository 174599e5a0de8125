"""The trained networks as one ONNX graph, which ONNX Runtime answers with wherever it runs.

Written node by node, since Keras exports from JAX only with TensorFlow beside it, and since a graph of 60 nodes that
one can read is worth more than one that nobody has looked at. `tests/model` holds it against Keras.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...features.logmel import N_MELS
from .network import EPSILON, POOLS, SPREAD_FLOOR, UNITS

OPSET = 17


class _Graph:
    """Nodes and constants of a graph, as they are written down; each call of `add` returns its result's name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: Any, dtype: type = np.float32) -> str:
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype=dtype), name))
        return name

    def add(self, kind: str, *inputs: str, out: str | None = None, **options: Any) -> str:
        from onnx import helper

        out = out or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **options))
        return out


def graph(networks: Sequence[Mapping[str, np.ndarray]], middle: np.ndarray, whitening: np.ndarray) -> bytes:
    """Networks of one kind as one model, whose logits are the mean of theirs, and how near to training a clip is.

    Parameters
    ----------
    networks : sequence of mappings
        Weights by name, see `network.learned`.
    middle, whitening : ndarray
        See `likeness.gaussian`.

    Returns
    -------
    bytes
        An ONNX model: ``frames`` (n, n_frames, 64), normalised, and ``manner`` (n, 120) to ``logits`` (n, n_labels)
        and ``distance`` (n,).
    """
    from onnx import TensorProto, checker, helper

    g = _Graph()
    g.add("Mean", *[_one(g, weights) for weights in networks], out="logits")
    away = g.add("MatMul", g.add("Sub", "manner", g.constant(middle)), g.constant(whitening))
    g.add("Sqrt", g.add("ReduceMean", g.add("Mul", away, away), axes=[1], keepdims=0), out="distance")
    value = helper.make_tensor_value_info
    inputs = [
        value("frames", TensorProto.FLOAT, ["n", "n_frames", N_MELS]),
        value("manner", TensorProto.FLOAT, ["n", len(middle)]),
    ]
    outputs = [value("logits", TensorProto.FLOAT, ["n", None]), value("distance", TensorProto.FLOAT, ["n"])]
    model = helper.make_model(
        helper.make_graph(g.nodes, "everyday", inputs, outputs, g.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=8,
        producer_name="ser_helpers",
    )
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def with_words(model: bytes, words: Mapping[str, str]) -> bytes:
    """The same model with these words beside the graph, in the place of those it had."""
    import onnx

    held = onnx.load_from_string(model)
    onnx.helper.set_model_props(held, dict(words))
    return bytes(held.SerializeToString())


def _one(g: _Graph, weights: Mapping[str, np.ndarray]) -> str:
    """Write down one network; the name of its logits."""

    def conv(x: str, name: str, stride: int = 1) -> str:
        scale, shift, mean, spread = (
            weights[f"{name}_norm/{each}"] for each in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = scale / np.sqrt(spread + EPSILON)  # the normalisation is a factor and a sum by now: into the weights
        kernel = (weights[f"{name}/kernel"] * scale).transpose(3, 2, 0, 1)
        shift = shift - mean * scale
        return g.add("Conv", x, g.constant(kernel), g.constant(shift), strides=[stride, stride], auto_pad="SAME_UPPER")

    x = g.add("Unsqueeze", "frames", g.constant([1], np.int64))
    x = g.add("Relu", conv(x, "first", stride=2))
    for number, pool in enumerate(POOLS):
        inner = g.add("Relu", conv(x, f"block{number}_a"))
        inner = conv(inner, f"block{number}_b")
        x = g.add("Relu", g.add("Add", conv(x, f"block{number}_past"), inner))
        x = g.add("MaxPool", x, kernel_shape=pool, strides=pool)
    merged = g.constant([0, 0, -1], np.int64)
    x = g.add("Reshape", g.add("Transpose", x, perm=[0, 2, 3, 1]), merged)
    x = g.add("MatMul", x, g.constant(weights["narrow/kernel"]))
    x = g.add("Relu", g.add("Add", x, g.constant(weights["narrow/bias"])))
    x = _gru(g, x, weights)
    mean = g.add("ReduceMean", x, axes=[1], keepdims=1)
    distance = g.add("Sub", x, mean)
    spread = g.add("ReduceMean", g.add("Mul", distance, distance), axes=[1], keepdims=1)
    spread = g.add("Sqrt", g.add("Add", spread, g.constant(SPREAD_FLOOR)))
    pooled = g.add("Flatten", g.add("Concat", mean, spread, axis=2))
    return g.add("Gemm", pooled, g.constant(weights["labels/kernel"]), g.constant(weights["labels/bias"]))


def _gru(g: _Graph, x: str, weights: Mapping[str, np.ndarray]) -> str:
    """The sequence (n, frames, width) read in both directions: (n, frames, 2 * UNITS)."""
    ways = [f"{way}_gru/gru_cell/" for way in ("forward", "backward")]  # both order their gates z, r, h
    kernel, recurrent = (np.stack([weights[way + each].T for way in ways]) for each in ("kernel", "recurrent_kernel"))
    bias = np.stack([weights[way + "bias"].ravel() for way in ways])
    x = g.add("Transpose", x, perm=[1, 0, 2])
    options: dict[str, Any] = {"hidden_size": UNITS, "direction": "bidirectional", "linear_before_reset": 1}
    y = g.add("GRU", x, g.constant(kernel), g.constant(recurrent), g.constant(bias), **options)
    y = g.add("Transpose", y, perm=[2, 0, 1, 3])
    return g.add("Reshape", y, g.constant([0, 0, -1], np.int64))
