"""A model of random weights in GGUF: half a megabyte, byte tokens, talks nonsense.

``python -m tests.llm.tiny_model FILE``.

Needs the package gguf, which stands in the source of llama.cpp (``PYTHONPATH=…/gguf-py``).
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np

LAYERS, WIDTH, INNER, HEADS = 2, 64, 128, 4
CONTEXT = 65_536


def write_tiny_model(path: Path, seed: int = 0) -> None:
    """Write the model to ``path``."""
    gguf = importlib.import_module("gguf")
    tokens = [b"<unk>", b"<s>", b"</s>", *(f"<0x{value:02X}>".encode() for value in range(256)), "\u2581".encode()]
    kinds = [gguf.TokenType.UNKNOWN, *[gguf.TokenType.CONTROL] * 2, *[gguf.TokenType.BYTE] * 256, gguf.TokenType.NORMAL]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_tokenizer_model("llama")
    writer.add_add_space_prefix(False)  # else the grammar trips over a space that no prompt has
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    for name, shape in shapes(len(tokens)).items():
        writer.add_tensor(name, weights(shape, np.random.default_rng(seed + len(name))))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def shapes(vocabulary: int) -> dict[str, tuple[int, ...]]:
    """Every tensor's name and shape."""
    found: dict[str, tuple[int, ...]] = {"token_embd.weight": (vocabulary, WIDTH), "output.weight": (vocabulary, WIDTH)}
    found["output_norm.weight"] = (WIDTH,)
    for layer in range(LAYERS):
        stem = f"blk.{layer}"
        found |= {f"{stem}.attn_norm.weight": (WIDTH,), f"{stem}.ffn_norm.weight": (WIDTH,)}
        found |= {f"{stem}.attn_{part}.weight": (WIDTH, WIDTH) for part in ("q", "k", "v", "output")}
        found |= {f"{stem}.ffn_{part}.weight": (INNER, WIDTH) for part in ("gate", "up")}
        found[f"{stem}.ffn_down.weight"] = (WIDTH, INNER)
    return found


def weights(shape: tuple[int, ...], dice: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Random numbers; ones for a norm."""
    if len(shape) == 1:
        return np.ones(shape, dtype=np.float32)
    return dice.normal(0, 0.02, shape).astype(np.float32)


if __name__ == "__main__":
    write_tiny_model(Path(sys.argv[1]))
