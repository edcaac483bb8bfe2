"""Other people's clients and judges: Triton's and KServe's, schemathesis, a browser with axe."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explore_page import browser
from PIL import Image
from serving import PACKAGES, Running, picture, server

import papernets
from papernets.bundle.find import find_bundle

for _name in PACKAGES:
    pytest.importorskip(_name, reason="pip install 'papernets[web]'")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with server("resnet20", "lenet5", "boosted_lenet4") as found:
        yield found


def test_tritons_client(running: Running):
    triton = pytest.importorskip("tritonclient.http", reason="pip install 'tritonclient[http]'")
    predictor, files = papernets.load("resnet20"), [picture(1), picture(2)]
    wanted = [predictor.predict(one) for one in files]
    client = triton.InferenceServerClient(f"127.0.0.1:{running.port}")
    try:
        assert client.is_server_live() and client.is_server_ready()
        assert client.is_model_ready("resnet20")
        assert client.get_model_metadata("resnet20")["versions"] == ["1"]
        for binary in (True, False):
            given = triton.InferInput("input", [2, 3, 32, 32], "FP32")
            given.set_data_from_numpy(predictor.preprocess(files).numpy(), binary_data=binary)
            outputs = [
                triton.InferRequestedOutput(name, binary_data=binary)
                for name in ("scores", "label", "logits")
            ]
            told = client.infer("resnet20", [given], outputs=outputs, request_id="7")
            assert told.as_numpy("scores").max(1).tolist() == [one.score for one in wanted]
            labels = told.as_numpy("label").ravel().tolist()
            assert [str(x, "utf-8") if isinstance(x, bytes) else x for x in labels] == [
                one.label for one in wanted
            ]
        given = triton.InferInput("picture", [2], "BYTES")
        given.set_data_from_numpy(np.array(files, dtype=object))
        told = client.infer("resnet20", [given])
        assert told.as_numpy("scores").max(1).tolist() == [one.score for one in wanted]
        with pytest.raises(Exception, match="no model of this name"):
            client.infer("nobody", [given])
    finally:
        client.close()


def test_kserves_client(running: Running):
    """KServe's own client in Python.

    The extra `check` leaves it out: it wants protobuf below 7 and psutil below 6, and brings some
    thirty packages, Kubernetes' client among them.
    """
    kserve = pytest.importorskip("kserve", reason="pip install kserve")
    predictor, files = papernets.load("resnet20"), [picture(1), picture(2)]
    wanted = [predictor.predict(one) for one in files]
    with Image.open(BytesIO(files[0])) as image:
        drawn = np.asarray(image)[None]
    address = f"http://127.0.0.1:{running.port}"

    def tensor(name: str, kind: str, values: Any, binary: bool) -> Any:
        made = kserve.InferInput(name, list(values.shape), kind)
        made.set_data_from_numpy(values, binary_data=binary)
        return made

    async def ask() -> None:
        config = kserve.RESTConfig(protocol="v2")
        async with kserve.InferenceRESTClient(config) as client:
            assert await client.is_server_live(address) and await client.is_server_ready(address)
            assert await client.is_model_ready(address, "resnet20")
            assert not await client.is_model_ready(address, "nobody")
            seen = predictor.preprocess(files).numpy()
            texts = [base64.b64encode(one).decode() for one in files]
            for given, binary in (
                (tensor("input", "FP32", seen, True), True),
                (tensor("input", "FP32", seen, False), False),
                (tensor("picture", "BYTES", np.array(files, dtype=object), True), False),
                (kserve.InferInput("picture", [2], "BYTES", texts), True),
                (tensor("pixels", "UINT8", drawn, True), False),
                (tensor("pixels", "UINT8", drawn, False), True),
            ):
                asked = kserve.InferRequest(
                    "resnet20", [given], "7", parameters={"binary_data_output": binary}
                )
                told = await client.infer(address, asked, "resnet20")
                assert told.id == "7" and told.model_name == "resnet20"
                best = told.get_output_by_name("scores").as_numpy().max(1).tolist()
                assert best == [one.score for one in wanted[: given.shape[0]]]
                labels = told.get_output_by_name("label").as_numpy().ravel().tolist()
                assert labels == [one.label for one in wanted[: given.shape[0]]]
            with pytest.raises(Exception, match="no model of this name"):
                await client.infer(address, asked, "nobody")

    asyncio.run(ask())


def test_schemathesis_finds_no_error_of_the_server(running: Running):
    schemathesis = pytest.importorskip("schemathesis", reason="pip install schemathesis")
    from hypothesis import HealthCheck, Phase, given, seed, settings

    address = f"http://127.0.0.1:{running.port}"
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    counted = []
    for result in schema.get_all_operations():
        operation = result.ok()

        @seed(15)
        @settings(
            max_examples=60,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            response = case.call(base_url=address)
            counted.append(response.status_code)
            assert response.status_code < 500, (response.request.url, response.text)
            if response.status_code >= 400:
                assert response.json()["error"]

        ask()
    assert len(counted) > 200 and 200 in counted


playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")


def until(page: Any, expression: str, told: Sequence[Any] = (True,)) -> None:
    """Wait for what JavaScript says, asked from outside: the page's policy forbids `eval`.

    And until something is `told`.
    """
    for _ in range(600):
        if page.evaluate(expression) and told:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {expression}")


@pytest.mark.skipif(browser() is None, reason="no Chromium is installed")
def test_the_page_of_classes_with_odd_names(tmp_path: Path):
    """Names that every object of JavaScript has, and one without a space on a narrow screen."""
    bundle = shutil.copytree(find_bundle("resnet20"), tmp_path / "odd")
    info = json.loads((bundle / "bundle.json").read_text())
    odd = ["toString", "constructor", "__proto__", "valueOf", "w" * 90, "isPrototypeOf"]
    info["classes"] = [*odd, *info["classes"][len(odd) :]]
    (bundle / "bundle.json").write_text(json.dumps(info))
    file = tmp_path / "drawn.png"
    file.write_bytes(picture(1))
    wrong: list[str] = []
    with server(str(bundle)) as running, playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        page = opened.new_page(viewport={"width": 375, "height": 800})
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"http://127.0.0.1:{running.port}/")
        page.set_input_files("#file", file)
        until(page, "document.querySelectorAll('#labels button').length === 5")
        names = set()
        for at in range(5):
            page.locator("#labels button").nth(at).click()
            name = page.locator("#labels button").nth(at).get_attribute("data-label")
            until(page, f"document.getElementById('caption').textContent.includes('for {name} ')")
            assert "In the test it labelled 8.90" in page.inner_text("#figures")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            names.add(name)
        assert names & set(odd)
        opened.close()
    assert wrong == []


@pytest.mark.skipif(browser() is None, reason="no Chromium is installed")
@pytest.mark.parametrize(
    ("width", "scheme", "model"),
    [(375, "dark", "resnet20"), (1280, "light", "lenet5"), (1280, "dark", "boosted_lenet4")],
)
def test_the_page(running: Running, tmp_path: Path, width: int, scheme: str, model: str):
    """A picture by the keyboard; labels, class map and figures; nothing from elsewhere."""
    file = tmp_path / "drawn.png"
    file.write_bytes(picture(1))
    home = f"http://127.0.0.1:{running.port}/"
    wrong: list[str] = []
    asked: list[str] = []
    chosen: list[Any] = []
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        page = opened.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme
        ).new_page()
        page.on("request", lambda one: asked.append(one.url))
        page.on("filechooser", lambda one: chosen.append(one))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda one: one.type == "error" and wrong.append(one.text))
        page.goto(home)
        until(page, "document.querySelectorAll('#model option').length === 3")
        page.select_option("#model", model)
        page.focus("#choose")
        page.keyboard.press("Enter")
        until(page, "document.readyState === 'complete'", chosen)
        chosen[0].set_files(file)
        until(page, "document.querySelectorAll('#labels button').length === 5")
        until(page, "document.getElementById('caption').textContent !== ''")
        best = papernets.load(model).predict(picture(1))
        assert page.inner_text("#labels button >> nth=0").startswith(str(best.label))
        heat = page.locator("#heat")
        if model == "boosted_lenet4":
            assert "committee" in page.inner_text("#caption") and not heat.is_visible()
        else:
            page.locator("#labels button").nth(1).focus()
            page.keyboard.press("Enter")
            until(page, "document.querySelectorAll('#labels [aria-pressed=true]').length === 1")
            second = page.locator("#labels button").nth(1).get_attribute("data-label")
            until(page, f"document.getElementById('caption').textContent.includes('for {second} ')")
            assert heat.is_visible() and page.evaluate(
                "document.getElementById('heat').naturalWidth"
            )
            page.uncheck("#veil")
            assert not heat.is_visible()
        known = {"lenet5": "0.46", "boosted_lenet4": "0.39", "resnet20": "8.90"}
        assert known[model] in page.inner_text("#figures")
        assert papernets.load(model).net.name in page.inner_text("#facts")
        broken = tmp_path / "broken.png"
        broken.write_bytes(b"no picture")
        unshown = tmp_path / "drawn.tiff"
        unshown.write_bytes(picture(1, kind="TIFF"))
        page.set_input_files("#file", [file, broken, unshown])
        until(page, "document.querySelectorAll('#pictures .bad').length === 1")
        until(page, "document.querySelectorAll('#pictures svg').length === 1")
        assert page.inner_text("#pictures .bad b") == "?"
        page.locator("#pictures button").nth(2).click()
        seen = "img" if model != "boosted_lenet4" else "svg"  # a committee has no class map
        until(page, f"document.querySelector('#pictures li:nth-child(3) {seen}')?.clientWidth > 30")
        _judge(page)
        assert page.inner_text("#pictures button >> nth=0").strip() == str(best.label)
        page.locator("#pictures button").nth(1).focus()
        page.keyboard.press("Enter")
        until(page, "document.getElementById('status').classList.contains('bad')")
        assert "not a picture" in page.inner_text("#status")
        wrong = [one for one in wrong if "422" not in one]
        _judge(page)
        page.goto(f"{home}docs")
        until(page, "document.querySelectorAll('pre').length > 9")
        _judge(page)
        commands = page.locator("pre").all_inner_texts()
        assert "By default 3." in page.inner_text("main")
        assert page.locator("h2 wbr").count() > 9
        opened.close()
    assert wrong == []
    assert all(url.startswith((home, "data:", f"blob:{home}")) for url in asked)
    (tmp_path / "photo.jpg").write_bytes(picture(1, kind="JPEG"))
    if width == 375 and shutil.which("curl"):
        for command in commands:
            told = subprocess.run(
                ["sh", "-c", command.replace("curl ", "curl -sSf ")],
                cwd=tmp_path,
                capture_output=True,
                timeout=60,
            )
            assert told.returncode == 0 and told.stdout, (command, told)


def _judge(page: Any) -> None:
    """axe finds nothing, and nothing is wider than the window."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
