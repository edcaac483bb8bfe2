"""The notes' network in Keras, in a process of its own, as Keras takes one backend a process."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from timing import Lap

BACKENDS = ("torch", "jax", "tensorflow")


class KerasPeer:
    """Keras with one backend; a turn is `model.fit` of one epoch. `missing` says what it lacks."""

    def __init__(self, backend: str, folder: Path, threads: int, batch: int, rate: float):
        """`folder` holds data.npz (x, y) and weights.npz (torch's shapes)."""
        lacks = [name for name in ("keras", backend) if importlib.util.find_spec(name) is None]
        self.missing = f"{' and '.join(lacks)} not installed" if lacks else ""
        if lacks:
            return
        many = {f"{n}_NUM_THREADS": str(threads) for n in ("OMP", "MKL", "OPENBLAS")}
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(folder), str(threads), str(batch), str(rate)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **many, **quiet, "KERAS_BACKEND": backend},
        )
        self._answer()

    def _answer(self) -> dict[str, float]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                answer: dict[str, float] = json.loads(line)
                return answer
        raise RuntimeError(f"Keras ended with code {self.process.wait()}; what it said is above")

    def __call__(self) -> Lap:
        assert self.process.stdin is not None
        self.process.stdin.write("epoch\n")
        self.process.stdin.flush()
        return Lap(**self._answer())

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def model_of(weights: dict, rate: float):
    """The compiled model with torch's weights in Keras's order of axes."""
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(6, 5, activation="tanh"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="tanh"),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    values = []
    for name, value in weights.items():
        if value.ndim == 4:
            value = value.transpose(2, 3, 1, 0)
        elif name == "fc1.linear.weight":  # torch flattens (C, H, W), Keras (H, W, C)
            value = value.reshape(120, 16, 4, 4).transpose(2, 3, 1, 0).reshape(256, 120)
        elif value.ndim == 2:
            value = value.T
        values.append(value)
    model.set_weights(values)
    model.compile(
        optimizer=keras.optimizers.Adam(rate, epsilon=1e-8),
        loss="sparse_categorical_crossentropy",
    )
    return model


def main() -> None:
    """Make the model, then train an epoch for each line that is read."""
    folder, threads, batch, rate = sys.argv[1:]
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[-int(threads) :])  # jax has no setting for its threads
    backend = os.environ["KERAS_BACKEND"]
    if backend == "torch":
        import torch

        torch.set_num_threads(int(threads))
    if backend == "tensorflow":
        import tensorflow

        tensorflow.config.threading.set_intra_op_parallelism_threads(int(threads))
    import numpy as np

    with np.load(Path(folder) / "data.npz") as read:
        x, y = read["x"].transpose(0, 2, 3, 1).copy(), read["y"]
    with np.load(Path(folder) / "weights.npz") as read:
        model = model_of({name: read[name] for name in read.files}, float(rate))
    print("{}", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        history = model.fit(x, y, batch_size=int(batch), epochs=1, verbose=0)
        lap = {"seconds": time.perf_counter() - began, "loss": history.history["loss"][0]}
        print(json.dumps(lap), flush=True)


if __name__ == "__main__":
    main()
