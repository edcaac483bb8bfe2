"""An ONNX file in eight bits, by ONNX Runtime's own quantiser, its error beside the float's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import Tensor

from ..bundle.load import Bundle
from ..data.names import known
from ..data.stored import Images
from ..evaluate.read import preprocessing_of
from ..words import plural
from .facts import facts, record_of
from .graph import PICTURES, PREPROCESSING, PROBABILITIES, quietly
from .judge import MOST, Check, check, demand, stored_for
from .material import Exported, Material
from .needs import needed, onnxruntime
from .onnx_file import describe, still, write_onnx
from .runtime import by_onnxruntime

if TYPE_CHECKING:
    import onnx

BATCH = 32
LOST = 0.02
"""Of the pictures: so many more wrong labels are worth a note."""


def quantised(
    bundle: Bundle,
    model: onnx.ModelProto,
    folder: Path,
    name: str,
    prepares: bool,
    seen: Material,
) -> Exported:
    """Write the model in eight bits, calibrated by the pictures that are for it.

    Weights have a scale for each output channel, values one a tensor, all with signs, laid out as
    QDQ. What prepares pictures and what makes scores of logits stay in float32. The float model is
    checked first: what differs then is eight bits' doing.
    """
    needed("onnx", "onnxruntime")
    assert seen.calibrate is not None
    whole = f"{name}.float.onnx"
    write_onnx(model, folder, whole)
    before = check(bundle, seen.check, by_onnxruntime(folder / whole), prepares, seen.labelled)
    demand(before, name, MOST)
    _quantise(bundle, model, folder / whole, folder / name, prepares, seen.calibrate.images)
    for left in folder.glob(f"{whole}*"):
        left.unlink()
    found = check(bundle, seen.check, by_onnxruntime(folder / name), prepares, seen.labelled)
    _describe(bundle, folder / name, prepares, seen, found)
    return Exported("onnx", (), found, (*seen.notes, *_notes(found, seen)), int8=True)


def _quantise(
    bundle: Bundle,
    model: onnx.ModelProto,
    source: Path,
    target: Path,
    prepares: bool,
    images: Images,
) -> None:
    onnxruntime()
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.calibrate import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        """The pictures, batch by batch, as the file takes them."""

        def __init__(self) -> None:
            self.batches = _given(bundle, images, prepares)

        def get_next(self) -> dict[str, Any] | None:
            some = next(self.batches, None)
            return None if some is None else {PICTURES: some.numpy()}

    outside = [
        node.name
        for node in model.graph.node
        if node.name.startswith(PREPROCESSING) or PROBABILITIES in node.output
    ]
    with quietly(), still():
        quantize_static(
            str(source),
            str(target),
            Reader(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=outside,
            calibrate_method=CalibrationMethod.MinMax,
        )


def _given(bundle: Bundle, images: Images, prepares: bool) -> Iterator[Tensor]:
    eyes = preprocessing_of(bundle)
    for at in range(0, len(images), BATCH):
        stored = stored_for(images[at : at + BATCH], eyes)
        yield stored if prepares else eyes(stored)


def _describe(bundle: Bundle, path: Path, prepares: bool, seen: Material, found: Check) -> None:
    """Say in the file that it is of eight bits, how it was calibrated, and what that cost."""
    import onnx

    assert seen.calibrate is not None
    model = onnx.load(str(path))
    more: dict[str, Any] = {
        "bits": "8",
        "calibrated_on": _told(len(seen.calibrate), seen.calibrate.name),
    }
    if found.errors is not None:
        more["error_of_float"], more["error_of_int8"] = (f"{one:.6g}" for one in found.errors)
        more["errors_on"] = _told(found.pictures, seen.check.name)
    del model.metadata_props[:]
    describe(model, facts(bundle, prepares, **more, **seen.metadata), record_of(bundle).title)
    path.write_bytes(model.SerializeToString())


def _told(count: int, data: str) -> str:
    """So many pictures, of data whose name is no path."""
    word = known(data)
    return plural(count, "picture") + (f" of {word}" if word else "")


def _notes(found: Check, seen: Material) -> Iterator[str]:
    assert seen.calibrate is not None
    yield (
        f"eight bits, calibrated on {plural(len(seen.calibrate), 'picture')} of "
        f"{seen.calibrate.name} ({seen.calibrate.part})"
    )
    if found.errors is None:
        yield "without labels there is no error to compare: --check DATA gives it"
        return
    before, after = found.errors
    if after - before > LOST:
        yield "that is much: this network is not one for eight bits as it is; keep the float file"
