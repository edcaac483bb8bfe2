"""What a trained network has learnt, as arrays: attributions, deconvnet, maps, fields, features."""

from .class_maps import ClassMap, cam
from .deconvnet import Projection, deconv
from .embedded import Embedding, embedding
from .fields import EffectiveField, field
from .gradients import Attribution, guided, saliency, smooth
from .maps import features, filters
from .occluded import Occlusion, occlusion
from .patches import Patch, Strongest, strongest

__all__ = [
    "Attribution",
    "ClassMap",
    "EffectiveField",
    "Embedding",
    "Occlusion",
    "Patch",
    "Projection",
    "Strongest",
    "cam",
    "deconv",
    "embedding",
    "features",
    "field",
    "filters",
    "guided",
    "occlusion",
    "saliency",
    "smooth",
    "strongest",
]
