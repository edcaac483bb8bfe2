"""Where the numbers of the chapter Training are printed."""

from __future__ import annotations

from ..nets import alexnet, bn_inception, googlenet, inception, inception_v4, lenet, resnet, vgg
from ..said import Code, Paper, Source

HE_INITIALISATION = Paper(
    "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification",
    "He, Zhang, Ren, Sun",
    2015,
    "ICCV, arXiv 1502.01852",
)
GOYAL = Paper(
    "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour",
    "Goyal, Dollar, Girshick, Noordhuis, Wesolowski, Kyrola, Tulloch, Jia, He",
    2017,
    "arXiv 1706.02677",
)
SGDR = Paper(
    "SGDR: Stochastic Gradient Descent with Warm Restarts",
    "Loshchilov, Hutter",
    2016,
    "arXiv 1608.03983",
)
TORCH = Code("torch")
TENSORFLOW = Code("TensorFlow")
KERAS = Code("Keras")
FB_RESNET = Code("fb.resnet.torch")
CAFFE = Code("Caffe")


def cited(paper: Paper, where: str) -> Source:
    """A place in a paper behind its authors: `Krizhevsky et al. 2012, section 3.3`."""
    names = paper.authors.split(", ")
    who = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
    return paper.at(f"{who} {paper.year}, {where}")


def alexnets(where: str) -> Source:
    """In AlexNet's paper."""
    return cited(alexnet.PAPER, where)


def googlenets(where: str) -> Source:
    """In GoogLeNet's paper."""
    return cited(googlenet.PAPER, where)


def resnets(where: str) -> Source:
    """In ResNet's paper."""
    return cited(resnet.PAPER, where)


def vggs(where: str) -> Source:
    """In VGG's paper."""
    return cited(vgg.PAPER, where)


def inceptions(where: str) -> Source:
    """In the paper of Inception v2 and v3."""
    return cited(inception.PAPER, where)


def inception_v4s(where: str) -> Source:
    """In the paper of Inception v4 and Inception-ResNet."""
    return cited(inception_v4.PAPER, where)


def bn_inceptions(where: str) -> Source:
    """In BatchNorm's paper."""
    return cited(bn_inception.PAPER, where)


def lenets(where: str) -> Source:
    """In the paper of LeNet-5."""
    return cited(lenet.PAPER, where)
