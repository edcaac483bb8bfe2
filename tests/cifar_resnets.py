"""ResNets for CIFAR as public code writes them: other names, orders and shortcuts, own arithmetic.

Each is written from its repository's layout of modules, and computes by itself: the judge of what
`--from auto` makes of its state_dict.
"""

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """akamaster/pytorch_resnet_cifar10, resnet.py: option A, half of the zeros in front."""

    def __init__(self, given, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(given, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.out = out

    def shortcut(self, x):
        if x.shape[1] == self.out:
            return x
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.out // 4, self.out // 4))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class Akamaster(nn.Module):
    """conv1, bn1, layer1 to layer3, linear."""

    def __init__(self, n=3):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        given = 16
        for at, width in enumerate((16, 32, 64), 1):
            strides = [1 if at == 1 else 2] + [1] * (n - 1)
            blocks = []
            for stride in strides:
                blocks.append(Block(given, width, stride))
                given = width
            setattr(self, f"layer{at}", nn.Sequential(*blocks))
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


class Projected(nn.Module):
    """chenyaofo/pytorch-cifar-models, resnet.py: a projection, `downsample`, where maps change."""

    def __init__(self, given, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(given, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.downsample = None
        if given != out:
            self.downsample = nn.Sequential(
                nn.Conv2d(given, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Chenyaofo(nn.Module):
    """conv1, bn1, layer1 to layer3, fc."""

    block = Projected

    def __init__(self, n=3):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        given, layers = 16, []
        for at, width in enumerate((16, 32, 64)):
            blocks = []
            for stride in [1 if at == 0 else 2] + [1] * (n - 1):
                blocks.append(self.block(given, width, stride))
                given = width
            layers.append(nn.Sequential(*blocks))
        self.layer1, self.layer2, self.layer3 = layers
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(x.mean((2, 3)))


class ProjectedFirst(Projected):
    """The same with the projection made before the convolutions, as `shortcut` in some code."""

    def __init__(self, given, out, stride):
        nn.Module.__init__(self)
        self.shortcut = nn.Sequential()
        if given != out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(given, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )
        self.conv1 = nn.Conv2d(given, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.shortcut(x))


class ShortcutFirst(Chenyaofo):
    """A network whose blocks make their projection first."""

    block = ProjectedFirst


class Cell(nn.Module):
    """A convolution and its normalisation under one name (osmr/pytorchcv's ConvBlock)."""

    def __init__(self, given, out, kernel, stride):
        super().__init__()
        self.conv = nn.Conv2d(given, out, kernel, stride, kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(out)

    def forward(self, x):
        return self.bn(self.conv(x))


class Unit(nn.Module):
    """osmr/pytorchcv, ResUnit: `body.conv1.conv`, `identity_conv.conv`."""

    def __init__(self, given, out, stride):
        super().__init__()
        self.body = nn.Sequential()
        self.body.add_module("conv1", Cell(given, out, 3, stride))
        self.body.add_module("conv2", Cell(out, out, 3, 1))
        if given != out:
            self.identity_conv = Cell(given, out, 1, stride)

    def forward(self, x):
        y = self.body.conv2(F.relu(self.body.conv1(x)))
        return F.relu(y + (self.identity_conv(x) if hasattr(self, "identity_conv") else x))


class Pytorchcv(nn.Module):
    """osmr/pytorchcv, resnet_cifar.py: features.init_block, features.stage1.unit1, output."""

    def __init__(self, n=3):
        super().__init__()
        self.features = nn.Sequential()
        self.features.add_module("init_block", Cell(3, 16, 3, 1))
        given = 16
        for at, width in enumerate((16, 32, 64), 1):
            stage = nn.Sequential()
            for number in range(1, n + 1):
                stride = 2 if at > 1 and number == 1 else 1
                stage.add_module(f"unit{number}", Unit(given, width, stride))
                given = width
            self.features.add_module(f"stage{at}", stage)
        self.output = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.features.init_block(x))
        for name in ("stage1", "stage2", "stage3"):
            x = getattr(self.features, name)(x)
        return self.output(x.mean((2, 3)))


class Blocks(Akamaster):
    """akamaster's under names whose alphabet is not its order: the blocks before their stem."""

    def __init__(self, n=3):
        super().__init__(n)
        self.stem, self.stem_norm, self.head = self.conv1, self.bn1, self.linear
        self.blocks = nn.Sequential(self.layer1, self.layer2, self.layer3)
        for name in ("conv1", "bn1", "linear", "layer1", "layer2", "layer3"):
            delattr(self, name)

    def forward(self, x):
        x = self.blocks(F.relu(self.stem_norm(self.stem(x))))
        return self.head(x.mean((2, 3)))


def drawn(kind, seed=0, **options):
    """A network of this kind, its weights and statistics drawn, in double precision."""
    torch.manual_seed(seed)
    model = kind(**options).double().eval()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name.endswith("running_var"):
                tensor.copy_(1 + 0.1 * torch.rand(tensor.shape))
            elif tensor.ndim == 1:
                tensor.add_(0.1 * torch.randn(tensor.shape))
    return model
