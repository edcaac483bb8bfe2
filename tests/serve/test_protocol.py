"""The Open Inference Protocol: tensors in JSON and binary, metadata, and what is wrong."""

from __future__ import annotations

import json
import struct
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from serving import Client, expected, picture

import papernets


def test_what_a_client_asks_first(client: Client):
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"ready": True}
    assert client.get("/v2").json()["name"] == "papernets"
    for path in ("/v2/models/lenet5", "/v2/models/lenet5/versions/1"):
        told = client.get(path).json()
        assert told["inputs"][2] == {"name": "input", "datatype": "FP32", "shape": [-1, 1, 32, 32]}
    assert client.get("/v2/models/resnet20/ready").status_code == 200
    names = [one["name"] for one in client.post("/v2/repository/index").json()]
    assert names == ["lenet5", "resnet20", "boosted_lenet4"]
    assert client.ask("HEAD", "/v2/health/ready", b"").status_code == 200
    listed = {one["name"]: one for one in client.get("/models").json()["models"]}
    assert listed["lenet5"]["figures"]["test_error"] == 0.0046
    assert (listed["resnet20"]["looks"], listed["boosted_lenet4"]["looks"]) == (True, False)


def test_tensors_in_binary_as_triton_has_them(client: Client):
    predictor = papernets.load("resnet20")
    files = [picture(1), picture(2)]
    seen = predictor.preprocess(files).numpy()
    head = {
        "inputs": [
            {
                "name": "input",
                "shape": list(seen.shape),
                "datatype": "FP32",
                "parameters": {"binary_data_size": seen.nbytes},
            }
        ],
        "outputs": [
            {"name": "scores", "parameters": {"binary_data": True}},
            {"name": "logits"},
            {"name": "label", "parameters": {"binary_data": True}},
            {"name": "scores", "parameters": {"classification": 1}},
        ],
    }
    text = json.dumps(head).encode()
    sizes = {"Inference-Header-Content-Length": str(len(text))}
    answer = client.post("/v2/models/resnet20/infer", content=text + seen.tobytes(), headers=sizes)
    assert answer.status_code == 200, answer.text
    size = int(answer.headers["Inference-Header-Content-Length"])
    told, rest = json.loads(answer.content[:size]), answer.content[size:]
    scores = np.frombuffer(rest[:160], "<f8").reshape(2, 10)
    wanted = expected("resnet20", *files)
    assert scores.max(1).tolist() == [one["score"] for one in wanted]
    first = wanted[0]["label"].encode()
    assert rest[160:].startswith(struct.pack("<I", len(first)) + first)
    value, place, label = told["outputs"][3]["data"][0].split(":")
    assert (label, int(place)) == (wanted[0]["label"], predictor.classes.index(label))
    assert float(value) == pytest.approx(wanted[0]["score"], abs=1e-6)
    assert len(told["outputs"][1]["data"]) == 20


def test_pixels_as_an_array(client: Client):
    drawn = np.asarray(Image.open(BytesIO(picture(5))))[None]
    asked = {
        "name": "pixels",
        "shape": list(drawn.shape),
        "datatype": "UINT8",
        "data": drawn.tolist(),
    }
    answer = client.post("/v2/models/lenet5/infer", json={"inputs": [asked]})
    told = {one["name"]: one for one in answer.json()["outputs"]}
    assert max(told["scores"]["data"]) == papernets.load("lenet5").predict(drawn[0]).score


ABSURD = ([0, 1 << 63], [0, 10**30], [1 << 63, 0], [0, 1 << 40, 1 << 40], [10**4000, 10**4000])
NONE: list[dict[str, Any]] = [
    {"data": []},
    {"data": None, "parameters": {"binary_data_size": 0}},
    {"datatype": "BYTES", "data": []},
    {"datatype": "BYTES", "data": None, "parameters": {"binary_data_size": 0}},
]
TENSORS: list[tuple[dict[str, Any], str]] = [
    ({"name": "x"}, "is no input"),
    ({"datatype": "FP64"}, "is of FP32, not FP64"),
    ({"datatype": "INT8"}, '"datatype" of'),
    ({"shape": [1, 1, 32, 31], "data": [0.0] * 992}, "give (N, 1, 32, 32)"),
    ({"shape": [1, 1, 32]}, "is not numbers of the shape"),
    ({"shape": [-1]}, '"shape" of'),
    *(
        ({"shape": shape, **none}, "more than 2,147,483,648 values")
        for shape in ABSURD
        for none in NONE
    ),
    ({"shape": [0, 1, 32, 32], "data": []}, "is empty"),
    ({"shape": [4, 1, 32, 32], "data": [0.0] * 4096}, "a request may have 3 pictures"),
    ({"data": ["a"] * 1024}, "is not numbers"),
    ({"data": ["a" * 100_000] + [0] * 1023}, "is not numbers"),
    ({"data": [True] + [0.0] * 1023}, "is not numbers"),
    ({"data": [1e39] * 1024}, "not finite"),
    ({"data": None}, 'neither "data" nor'),
    ({"parameters": {"binary_data_size": 4}}, "more than follows"),
    ({"parameters": {"shared_memory_region": "a"}}, "shared memory"),
    ({"parameters": 5}, "is to be an object"),
]


@pytest.mark.parametrize(("change", "said"), TENSORS)
def test_tensors_that_are_wrong(client: Client, change: dict[str, Any], said: str):
    plain = {"name": "input", "shape": [1, 1, 32, 32], "datatype": "FP32", "data": [0.0] * 1024}
    answer = client.post("/v2/models/lenet5/infer", json={"inputs": [{**plain, **change}]})
    assert 400 <= answer.status_code < 500 and said in answer.json()["error"], answer.text
    assert len(answer.text) < 300


def test_outputs_that_are_no_numbers(client: Client):
    asked = {"name": "input", "shape": [1, 3, 32, 32], "datatype": "FP32", "data": [3e38] * 3072}
    answer = client.post("/v2/models/resnet20/infer", json={"inputs": [asked]})
    assert answer.status_code == 422 and "outputs are not finite" in answer.json()["error"]
