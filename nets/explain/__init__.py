"""Looking inside a network: its filters and maps, where it looked, and the arithmetic of any one unit."""

from nets.explain.evidence import grad_cam, input_gradient, occlusion, saliency, smooth_grad
from nets.explain.maps import Watched, as_it_was, convolutions, feature_maps, filters, watching
from nets.explain.pixels import Formula, Step, Term, pixel_formula

__all__ = [
    "Formula",
    "Step",
    "Term",
    "Watched",
    "as_it_was",
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
