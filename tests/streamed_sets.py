"""A stand-in for Hugging Face's `datasets`, where that is not installed: made sets that stream.

It has what `papernets.data.hub` uses of an IterableDataset: iteration in the same order each time,
`features`, `cast_column`, `skip`, `info`, `split`; and it can be pickled. It counts how often it
was gone through.
"""

import sys
from types import ModuleType, SimpleNamespace

import pyarrow
from small_photos import NAMES, encoded, photo


class MadeStream:
    """Rows of small photographs of two classes, made anew each time; `labels` in their order."""

    begun = 0

    def __init__(self, labels, seed=0, start=0):
        self.labels, self.seed, self.start = labels, seed, start
        self.info, self.split = SimpleNamespace(splits=None), "train"

    @property
    def features(self):
        schema = pyarrow.schema([("image", pyarrow.struct([("bytes", pyarrow.binary())])),
                                 ("label", pyarrow.int64())])  # fmt: skip
        told = (
            '{"info": {"features": {"image": {"_type": "Image"}, "label": '
            f'{{"names": ["{NAMES[0]}", "{NAMES[1]}"], "_type": "ClassLabel"}}}}}}}}'
        )
        return SimpleNamespace(arrow_schema=schema.with_metadata({b"huggingface": told.encode()}))

    def cast_column(self, name, kind):
        return self

    def skip(self, count):
        return MadeStream(self.labels, self.seed, self.start + count)

    def __iter__(self):
        type(self).begun += 1
        for at in range(self.start, len(self.labels)):
            label = self.labels[at]
            yield {
                "image": {"bytes": encoded(photo(int(label == 1), self.seed + at))},
                "label": label,
            }


def pretend(monkeypatch, **parts):
    """Let `import datasets` give a library that has one set, of these parts."""
    library = ModuleType("datasets")
    library.load_dataset = lambda name, config, streaming: dict(parts)
    library.Image = lambda decode: None
    monkeypatch.setitem(sys.modules, "datasets", library)
    MadeStream.begun = 0


def small_memory(monkeypatch):
    """No stream fits into memory."""
    monkeypatch.setattr("papernets.data.hub.memory_for_pictures", lambda: 9000.0)
