"""What the server answers, in this process: as `predict`, by every way in; clear errors."""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from serving import Client, client_of, expected, form, picture

from papernets.serve.access import Access
from papernets.serve.limits import Limits
from papernets.serve.models import Models, served

PNG, JSON = {"Content-Type": "image/png"}, {"Content-Type": "application/json"}
NINES = "9" * 5000  # more digits than Python makes a number of


@pytest.mark.parametrize("name", ["lenet5", "resnet20", "boosted_lenet4"])
def test_every_way_in_gives_the_answers_of_predict_to_the_digit(client: Client, name: str):
    first, second = picture(1), picture(2, (31, 64), "JPEG")
    both = expected(name, first, second)
    body, heads = form(first, second)
    answer = client.post(f"/predict?model={name}", content=body, headers=heads)
    assert answer.json() == {"model": name, "predictions": both}
    answer = client.post(f"/predict?model={name}&top=1", content=first, headers=PNG)
    assert answer.json()["predictions"] == expected(name, first, top=1)
    text = [base64.b64encode(one).decode() for one in (first, second)]
    answer = client.post("/predict", json={"pictures": text, "model": name, "top": 3})
    assert answer.json() == {"model": name, "predictions": both}
    asked = {"name": "picture", "shape": [2], "datatype": "BYTES", "data": text}
    answer = client.post(f"/v2/models/{name}/infer", json={"inputs": [asked], "id": "7"})
    told = {one["name"]: one for one in answer.json()["outputs"]}
    scores = np.array(told["scores"]["data"]).reshape(told["scores"]["shape"])
    assert scores.max(1).tolist() == [one["score"] for one in both]
    assert told["label"]["data"] == [one["label"] for one in both]
    assert answer.json()["id"] == "7" and answer.json()["model_version"] == "1"


def test_a_picture_has_its_answer_whatever_stands_beside_it(client: Client):
    one = picture(1)
    for others in ([], [picture(2)], [picture(3), picture(4)]):
        body, heads = form(*others, one)
        answer = client.post("/predict?model=resnet20", content=body, headers=heads)
        assert answer.json()["predictions"][-1:] == expected("resnet20", one)


def test_where_a_class_is_seen(client: Client):
    from papernets.serve.models import Looker

    answer = client.post("/look?model=resnet20&class=cat", content=picture(1), headers=PNG)
    told = answer.json()
    assert (told["label"], told["method"], told["layer"]) == ("cat", "cam", "stage3_3")
    assert told["heat"].startswith("data:image/png;base64,")
    answer = client.post("/look?model=resnet20&class=dragon", content=picture(1), headers=PNG)
    assert answer.status_code == 422 and "no such class" in answer.json()["error"]
    answer = client.post("/look?model=boosted_lenet4", content=picture(1), headers=PNG)
    assert answer.status_code == 422 and "committee" in answer.json()["error"]
    import torch

    resnet = served("x", "resnet20", torch.device("cpu"))
    twin = Looker(resnet).bundle.model
    own = {name: one.data_ptr() for name, one in resnet.plain.named_parameters()}
    assert {name: one.data_ptr() for name, one in twin.named_parameters()} == own


def huge(width: int, height: int) -> bytes:
    """A PNG that says so large a size, and has no pixel."""
    found = b"\x89PNG\r\n\x1a\n"
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    for kind, content in ((b"IHDR", head), (b"IDAT", b"\0"), (b"IEND", b"")):
        found += struct.pack(">I", len(content)) + kind + content
        found += struct.pack(">I", zlib.crc32(kind + content))
    return found


WRONG: list[tuple[str, Any, dict[str, str], int, str]] = [
    ("/predict", b"", {}, 400, "the request is empty"),
    ("/predict", b"no picture", PNG, 422, "cannot be read: not a picture"),
    ("/predict", picture(1)[:200], PNG, 422, "cannot be read"),
    ("/predict", picture(1), {"Content-Type": "text/html"}, 415, "is not read"),
    ("/predict?model=lenet", picture(1), PNG, 404, "Did you mean 'lenet5'"),
    ("/predict?top=0", picture(1), PNG, 400, "top is to be a whole number"),
    ("/predict?top=many", picture(1), PNG, 400, "top is to be a whole number"),
    ("/predict", picture(1, (101, 100)), PNG, 413, "more than the 10,000 pixels"),
    ("/predict", bytes(200_001), PNG, 413, "more than the 200,000 bytes"),
    ("/predict", *form(*[picture(1)] * 4), 413, "a request may have 3 pictures"),  # type: ignore[list-item]
    ("/predict", *form(picture(1), name="image"), 400, "no file in the field 'file', but 'image'"),  # type: ignore[list-item]
    ("/predict", form(picture(1))[0][:-9], form()[1], 400, "cut short"),
    ("/predict", b"x", {"Content-Type": "multipart/form-data"}, 400, "without a boundary"),
    ("/predict", b"[1]", {"Content-Type": "application/json"}, 400, "no object"),
    ("/predict", b"{", {"Content-Type": "application/json"}, 400, "not JSON"),
    ("/predict", b'{"pictures": ["?"]}', {"Content-Type": "application/json"}, 400, "not base64"),
    ("/predict", b'{"pictures": ["?"], "model": "none"}', JSON, 404, "no model of this name"),
    ("/predict", b'{"image": ""}', {"Content-Type": "application/json"}, 400, "unknown key"),
    ("/predict", b"[" * 999, {"Content-Type": "application/json"}, 400, "is read: nested deeper"),
    ("/v2/models/none/infer", b"{}", {}, 404, "no model of this name"),
    ("/v2/models/lenet5/versions/2/infer", b"{}", {}, 404, "there is version 1"),
    ("/v2/models/lenet5/infer", b"{}", {}, 400, '"inputs" is to be a list'),
    ("/v2/models/lenet5/infer", b"{}", {"Content-Encoding": "gzip"}, 415, "Content-Encoding"),
    ("/v2/models/lenet5/infer", b"{}", {"Inference-Header-Content-Length": "9"}, 400, "no number"),
    (
        "/v2/models/lenet5/infer",
        b"{}",
        {"Inference-Header-Content-Length": NINES},
        400,
        "no number",
    ),
    ("/predict", NINES.encode(), JSON, 400, "it has a number of thousands of digits"),
    (
        "/predict",
        form(picture(1))[0].replace(b"a.png", b"a" * 9000),
        form()[1],
        400,
        "large a head",
    ),
    ("/predict", huge(50_000, 50_000), PNG, 413, "more than the 10,000 pixels"),
    ("/predict", huge(9000, 1), PNG, 422, "cannot be read"),
    ("/predict", *form(picture(1), huge(50_000, 50_000)), 413, "more than the 10,000 pixels"),  # type: ignore[list-item]
    ("/models/", b"", {}, 404, "nothing at this address"),
    ("/predict/", b"", {}, 404, "nothing at this address"),
    ("/" + "a" * 8200, b"", {}, 414, "more than 8,192 bytes"),
    ("/predict", b"", {"X-Long": "a" * 33_000}, 431, "more than 32,768 bytes"),
    ("/predict", b"", {f"X-{at}": "a" * 9 for at in range(3000)}, 431, "more than 32,768 bytes"),
]


@pytest.mark.parametrize(("path", "body", "heads", "status", "said"), WRONG)
def test_what_is_wrong_is_said(
    client: Client, path: str, body: bytes, heads: dict[str, str], status: int, said: str
):
    answer = client.post(path, content=body, headers=heads)
    assert (answer.status_code, said in answer.json()["error"]) == (status, True), answer.text
    assert set(answer.json()) == {"error"}


def test_one_of_several_that_cannot_be_read_has_its_own_error(client: Client):
    body, heads = form(picture(1), b"no picture")
    answer = client.post("/predict", content=body, headers=heads)
    assert answer.status_code == 200
    assert answer.json()["predictions"] == [
        *expected("lenet5", picture(1)),
        {"error": "not a picture"},
    ]
    body, heads = form(b"no", b"picture")
    answer = client.post("/predict", content=body, headers=heads)
    assert answer.status_code == 422 and "none of 2 pictures can be read" in answer.json()["error"]


def test_ids_headers_and_the_log(client: Client, capsys: pytest.CaptureFixture[str]):
    answer = client.get("/v2", headers={"X-Request-Id": "trace-1.a"})
    assert answer.headers["X-Request-Id"] == "trace-1.a"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    answer = client.get("/v2/nothing%0Ahere?file=secret", headers={"X-Request-Id": "a\tb"})
    assert answer.status_code == 404
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [lines[0][key] for key in ("id", "route", "status")] == ["trace-1.a", "/v2", 200]
    assert lines[1]["route"] == "other" and "secret" not in str(lines)


def test_a_fault_of_the_server_keeps_its_inside(
    models: Models, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def broken(*_: object) -> None:
        raise RuntimeError("/home/somebody/weights: broken")

    monkeypatch.setattr("papernets.serve.predicting.given", broken)
    with client_of(models) as client:
        answer = client.post("/predict", content=b"x", headers=PNG)
    assert answer.status_code == 500 and "somebody" not in answer.text
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["level"] == "error" and "/home/somebody" in line["traceback"]


def test_a_token_and_the_host(models: Models):
    access = Access("0123456789abcdef", home=False)
    with client_of(models, access=access) as client:
        assert client.get("/v2/health/ready").status_code == 200
        for page in ("/", "/docs", "/ask.js", "/docs.js"):
            assert client.get(page).status_code == 200
        assert client.get("/openapi.json").status_code == 401
        for heads in ({}, {"Authorization": "Bearer 0123456789abcdeX"}, {"Authorization": "x"}):
            answer = client.get("/models", headers=heads)
            assert answer.status_code == 401, heads
            assert answer.headers["Www-Authenticate"] == "Bearer"
        heads = {"Authorization": "Bearer 0123456789abcdef", "Host": "photos.example"}
        assert client.get("/models", headers=heads).status_code == 200
    with client_of(models) as client:
        assert client.get("/models", headers={"Host": "elsewhere.example"}).status_code == 421
        assert client.get("/models", headers={"Host": "localhost:1"}).status_code == 200


def test_a_page_of_elsewhere_may_not_ask(models: Models):
    own = {"Host": "127.0.0.1:80", "Origin": "http://127.0.0.1"}
    proxied = {"Origin": "https://photos.example", "Sec-Fetch-Site": "same-origin"}
    old_browser = {"Origin": "https://photos.example", "X-Forwarded-Host": "Photos.example:443"}
    foreign = [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "http://127.0.0.1:81"},
        {"Origin": "null"},
    ]
    body = picture(1)
    with client_of(models) as client:
        for heads in ({}, own, proxied, old_browser, {"Sec-Fetch-Site": "none"}):
            assert client.post("/predict", content=body, headers=heads).status_code == 200, heads
        for heads in foreign:
            answer = client.post("/predict", content=body, headers=heads)
            assert answer.status_code == 403 and "page of elsewhere" in answer.json()["error"]
            assert client.get("/v2", headers=heads).status_code == 200
    token = Access("0123456789abcdef", home=False)
    heads = {**foreign[2], "Authorization": "Bearer 0123456789abcdef"}
    with client_of(models, access=token) as client:
        assert client.post("/predict", content=body, headers=heads).status_code == 200


@pytest.mark.parametrize("host", ["LOCALHOST", "localhost.", "LocalHost.:8000", "[::1]:1"])
def test_a_host_in_other_letters(client: Client, host: str):
    assert client.get("/models", headers={"Host": host}).status_code == 200


def test_more_values_of_json_than_are_read(models: Models):
    body = b"[" + b"1," * 1_000_000 + b"1]"
    with client_of(models, Limits()) as client:
        answer = client.post("/predict", content=body, headers=JSON)
    assert answer.status_code == 413 and "send tensors in binary" in answer.json()["error"]


def test_a_very_long_and_thin_picture_counts_as_a_wider_one(models: Models):
    with client_of(models, Limits(pixels=80_000)) as client:
        answer = client.post("/predict", content=huge(1, 70_000), headers=PNG)
        assert (
            answer.status_code == 413
            and "of 1x70,000, whose short side counts as 8, has more" in answer.json()["error"]
        )
        assert client.post("/predict", content=huge(1, 60_000), headers=PNG).status_code == 422


def test_a_form_with_words_before_it(client: Client):
    body, heads = form(picture(1))
    answer = client.post("/predict", content=b"As MIME allows.\r\n" + body, headers=heads)
    assert answer.json()["predictions"] == expected("lenet5", picture(1))


def test_a_full_line_says_when_to_come_again(models: Models):
    with client_of(models, Limits(queue=1)) as client:
        client.line.held = 1
        answer = client.post("/predict", content=picture(1), headers=PNG)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert "1 requests are waiting" in answer.json()["error"]


def test_an_answer_that_is_late(models: Models, monkeypatch: pytest.MonkeyPatch):
    import threading

    held = threading.Event()
    monkeypatch.setattr("papernets.serve.predicting.given", lambda *_: held.wait(20))
    with client_of(models, Limits(seconds=0.2)) as client:
        answer = client.post("/predict", content=picture(1), headers=PNG)
        assert answer.status_code == 503 and "after 0.2 seconds" in answer.json()["error"]
        assert int(answer.headers["Retry-After"]) >= 1
        held.set()


def test_what_is_counted(client: Client):
    body, heads = form(picture(1), b"no picture")
    client.post("/predict?model=lenet5", content=body, headers=heads)
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    text = answer.text
    assert re.search(r'papernets_requests_total\{route="/predict",status="200"\} \d', text)
    assert re.search(r'papernets_pictures_total\{model="lenet5",outcome="unreadable"\} \d', text)
    assert "papernets_queue 0.0" in text and "process_resident_memory_bytes" in text


def test_the_description_has_every_address(client: Client):
    told = client.get("/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert {"/predict", "/look", "/metrics", "/v2/models/{name}/infer"} <= set(told["paths"])
    operations = [one for path in told["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    assert all(one.get("summary") for one in operations)
    assert "Model Ready" not in str(operations)  # FastAPI's own


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_and_its_parts(client: Client, path: str):
    page = client.get(path)
    assert page.headers["Content-Type"].startswith("text/html")
    parts = re.findall(r'(?:href|src)="(/[^"]*)"', page.text)
    assert len(parts) >= 5
    for part in parts:
        assert client.get(part).status_code == 200
    assert "http" not in re.sub(r"<code>.*?</code>", "", page.text, flags=re.DOTALL)


def test_what_the_page_is_told_of_a_model(client: Client):
    told = {one["name"]: one for one in client.get("/models").json()["models"]}
    lenet = told["lenet5"]
    assert [lenet[key] for key in ("title", "year", "data")] == ["LeNet-5", 1998, "MNIST"]
    assert lenet["paper"].startswith("LeCun, Bottou, Bengio, Haffner (1998). ")
    assert lenet["figures"]["test_error"] == 0.0046
    assert told["boosted_lenet4"]["title"] == "Boosted LeNet-4"


def test_what_is_half_as_large_hides_a_quarter_as_much():
    """As the page's legend has it."""
    from papernets.serve.look import MOST, _heat

    veil = _heat(np.array([[0, 0.5, 1]], np.float32))
    assert veil[0, :, 3].tolist() == [0, MOST // 4, MOST]


def test_more_classes_than_there_are(client: Client):
    answer = client.post("/predict?top=99", content=picture(1), headers=PNG)
    assert len(answer.json()["predictions"][0]["top"]) == 10
    told = client.get("/openapi.json").json()["paths"]["/predict"]["post"]["parameters"]
    assert "all, where the model has fewer" in str(told)
