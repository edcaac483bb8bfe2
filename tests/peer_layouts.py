"""State_dict layouts of torchvision and timm, written down from their constructors.

They know nothing of our networks: numbers of layers, widths, and the order in which the peers'
constructors make them. Held against the fingerprints where there is one.
"""

NORM = ("weight", "bias", "running_mean", "running_var")


def norm(name, maps):
    yield from ((f"{name}.{leaf}", (maps,)) for leaf in NORM)
    yield f"{name}.num_batches_tracked", ()


def dense(name, out, given):
    yield f"{name}.weight", (out, given)
    yield f"{name}.bias", (out,)


# torchvision/models/vgg.py, cfgs: convolutions of each width, a pooling after each group
VGG = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


def vgg(depth, bn=False, classes=1000):
    """torchvision's vgg11 to vgg19_bn."""
    at, given = 0, 3
    for times, width in zip(VGG[depth], (64, 128, 256, 512, 512), strict=True):
        for _ in range(times):
            yield f"features.{at}.weight", (width, given, 3, 3)
            yield f"features.{at}.bias", (width,)
            if bn:
                yield from norm(f"features.{at + 1}", width)
            at, given = at + (3 if bn else 2), width
        at += 1
    yield from dense("classifier.0", 4096, 512 * 7 * 7)
    yield from dense("classifier.3", 4096, 4096)
    yield from dense("classifier.6", classes, 4096)


def vgg_timm(depth, bn=False):
    """timm's: the dense layers are convolutions, of 7x7 and 1x1."""
    names = {"classifier.0": "pre_logits.fc1", "classifier.3": "pre_logits.fc2"}
    shapes = {"classifier.0.weight": (4096, 512, 7, 7), "classifier.3.weight": (4096, 4096, 1, 1)}
    for key, shape in vgg(depth, bn):
        module, _, leaf = key.rpartition(".")
        name = names.get(module, module.replace("classifier.6", "head.fc"))
        yield f"{name}.{leaf}", shapes.get(key, shape)


# torchvision/models/resnet.py: blocks in each layer, and how many times wider a block's end is
RESNET = {
    18: ((2, 2, 2, 2), 1),
    34: ((3, 4, 6, 3), 1),
    50: ((3, 4, 6, 3), 4),
    101: ((3, 4, 23, 3), 4),
    152: ((3, 8, 36, 3), 4),
}


def resnet(depth, classes=1000):
    """torchvision's and timm's resnet18 to resnet152."""
    layers, expansion = RESNET[depth]
    yield "conv1.weight", (64, 3, 7, 7)
    yield from norm("bn1", 64)
    given = 64
    for layer, (blocks, width) in enumerate(zip(layers, (64, 128, 256, 512), strict=True), 1):
        for block in range(blocks):
            name, end = f"layer{layer}.{block}", width * expansion
            kernels = (1, 3, 1) if expansion == 4 else (3, 3)
            now = given
            for n, kernel in enumerate(kernels, 1):
                out = end if n == len(kernels) else width
                yield f"{name}.conv{n}.weight", (out, now, kernel, kernel)
                yield from norm(f"{name}.bn{n}", out)
                now = out
            if block == 0 and (layer > 1 or given != end):
                yield f"{name}.downsample.0.weight", (end, given, 1, 1)
                yield from norm(f"{name}.downsample.1", end)
            given = end
    yield from dense("fc", classes, given)


def mobilenet_timm(width=1.0, head=False, classes=1000):
    """timm's mobilenetv1_100, _100h and _125 (models/mobilenetv3.py, _gen_mobilenet_v1)."""
    base = ((64,), (128, 128), (256, 256), (512,) * 6, (1024, 1024))
    given = int(32 * width)
    yield "conv_stem.weight", (given, 3, 3, 3)
    yield from norm("bn1", given)
    for stage, widths in enumerate(base):
        for at, wide in enumerate(widths):
            name, out = f"blocks.{stage}.{at}", int(wide * width)
            yield f"{name}.conv_dw.weight", (given, 1, 3, 3)
            yield from norm(f"{name}.bn1", given)
            yield f"{name}.conv_pw.weight", (out, given, 1, 1)
            yield from norm(f"{name}.bn2", out)
            given = out
    if head:
        yield "conv_head.weight", (1024, given, 1, 1)
        yield from norm("bn2", 1024)
    yield from dense("classifier", classes, given)
