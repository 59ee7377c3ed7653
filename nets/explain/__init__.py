"""Looking inside a network: its filters and maps, where it looked, and the arithmetic of any one unit."""

from nets.explain.evidence import grad_cam, input_gradient, occlusion, saliency, smooth_grad
from nets.explain.maps import Watched, convolutions, feature_maps, filters, watching
from nets.explain.pixels import Formula, pixel_formula
from nets.explain.sources import Source, Term
from nets.explain.steps import Step

__all__ = [
    "Formula",
    "Source",
    "Step",
    "Term",
    "Watched",
    "convolutions",
    "feature_maps",
    "filters",
    "grad_cam",
    "input_gradient",
    "occlusion",
    "pixel_formula",
    "saliency",
    "smooth_grad",
    "watching",
]
