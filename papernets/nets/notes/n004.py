"""Notes 004: from the cost of a convolution to GoogLeNet, and a word on ResNet."""

from __future__ import annotations

from collections import Counter

from ...said import NOTES, Page
from ...spec import Conv, Dense
from ..cost import depth
from .judge import Judge, walked
from .read import asides, numbers

NUMBERS = """
15   vgg16      layers with weights       16
57   .          3*3                       9
81   vgg16      conv1_1.kernel            3x3
95   googlenet  inception_3a.b5x5.conv.kernel  5x5
121  googlenet  inception_3a.b1x1.kernel  1x1
122  googlenet  inception_3a.b3x3.reduce.kernel  1x1
122  googlenet  inception_3a.b3x3.conv.kernel  3x3
122  googlenet  inception_3a.b5x5.conv.kernel  5x5
123  googlenet  inception_3a.pool.pool.kernel  3x3
123  googlenet  inception_3a.pool.project.kernel  1x1
151  googlenet  pool3.out                 480x14x14
153  googlenet  inception_4a.input        480x14x14
154  googlenet  inception_4c.out          512x14x14
156  googlenet  inception_4d.input        512x14x14
157  googlenet  inception_4d.out          528x14x14
159  googlenet  inception_4e.input        528x14x14
160  googlenet  inception_4e.out          832x14x14
161  googlenet  pool4.out                 832x7x7
163  googlenet  inception_5a.input        832x7x7
164  googlenet  inception_5a.out          832x7x7
166  googlenet  inception_5b.input        832x7x7
167  googlenet  inception_5b.out          1024x7x7
169  googlenet  layers on the longest way through a module  2
169  googlenet  layers with parameters on the longest way, in whole tens  20
177  googlenet  inception_5b.out          1024x7x7
177  googlenet  fc.maps                   1000
177  googlenet  weights of a dense layer on 7x7x1024, without the average  50 million
183  googlenet  avgpool.side in           7x7
183  googlenet  avgpool.side              1x1
183  googlenet  avgpool.out               1024x1x1
184  googlenet  fc.maps in                1024
184  googlenet  fc.maps                   1000
185  googlenet  fc.params                 1 million
185  googlenet  weights of a dense layer on 7x7x1024, without the average  50 million
201  googlenet  layers with parameters on the longest way  22
201  vgg19      layers with weights       19
211  googlenet  AlexNet's parameters over GoogLeNet's  12
212  .          GoogLeNet's multiply-adds over AlexNet's  about 2
222  resnet34   layers with weights       34
227  resnet20   layers with weights       20
227  resnet56   layers with weights       56
232  vgg19      layers with weights       19
232  resnet34   layers with weights       34
232  resnet34   layers with weights       34
232  vgg19      layers with weights       19
236  resnet34   layers with weights       34
242  vgg19      layers with weights       19
254  resnet152  layers with weights       151
263  resnet152  layers with weights       151
264  resnet101  layers with weights       101
265  resnet101  layers with weights       101
266  resnet101  layers with weights       101
267  resnet101  layers with weights       101
268  resnet50   layers with weights       51
268  resnet101  layers with weights       101
268  resnet152  layers with weights       151
262  .          tasks of the list under it  4  five tasks are listed, and five were won: ImageNet
                classification, localization and detection, COCO detection and segmentation
"""
ASIDES = """
a window's size, as the name of a kind of layer
    31:1,1 53:1,1 55:1,1 57:3,3 58:3,3 59:1,1 63:1,1,1,1 65:1,1 100:1,1 105:1,1 200:1,1 68:1,1
what a formula or an example starts from
    36:1 42:1 63:1,1 69:2,1,1
the number of problems in a list
    194:4
"""


def page() -> Page:
    """What notes 004 print, number by number."""
    ways = Counter(
        name.split(".")[1] for name in walked("googlenet")[1] if name.startswith("inception_3a.")
    )
    macs = [walked(name)[2].macs for name in ("googlenet", "alexnet")]
    layers = depth(walked("googlenet")[0].member.body, Conv, Dense)
    more = {
        "layers on the longest way through a module": max(ways.values()),
        "layers with parameters on the longest way, in whole tens": layers // 10 * 10,
        "GoogLeNet's multiply-adds over AlexNet's": macs[0] / macs[1],
        "tasks of the list under it": 5,
    }
    judge = Judge(NOTES[4], more, maps_first=True)
    return Page(NOTES[4], (numbers("Numbers of the text", NUMBERS, judge),), asides(ASIDES))
