"""What a trained network has learnt, as arrays: attributions, deconvnet, maps, fields, features."""

from .cam import ClassMap, cam
from .deconv import Projection, deconv
from .embedding import Embedding, embedding
from .features import features, filters
from .field import EffectiveField, field
from .gradients import Attribution, guided, saliency, smooth
from .occlusion import Occlusion, occlusion
from .strongest import Patch, Strongest, strongest

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
