"""Small random changes of training images, so that a network meets more ways to write the same thing."""

import torch
import torch.nn.functional as F
from torch import Tensor


def light(images: Tensor) -> Tensor:
    """Turn, scale, slant, stretch and move each image (N, C, H, W) a little, each by its own random amounts.

    Takes and returns float32 in which 0 is empty paper, on any device. One affine map per image, in the sense
    of Simard, Steinkraus and Platt 2003 (Best practices for convolutional neural networks, section 2).
    """
    count = len(images)

    def between(low: float, high: float) -> Tensor:
        return torch.empty(count, device=images.device).uniform_(low, high)  # (N,)

    turn = between(-0.26, 0.26)  # radians, 15 degrees each way
    slant = between(-0.5, 0.5)  # how far the top leans for each unit of height
    wide, tall = between(0.85, 1.2), between(0.85, 1.2)
    right, down = between(-0.12, 0.12), between(-0.12, 0.12)  # 1 is half a side: 2 pixels of 32
    cos, sin = turn.cos(), turn.sin()
    across = torch.stack([wide * cos, wide * (slant * cos - sin), right], dim=1)  # (N, 3)
    along = torch.stack([tall * sin, tall * (slant * sin + cos), down], dim=1)  # (N, 3)
    places = F.affine_grid(torch.stack([across, along], dim=1), list(images.shape), align_corners=False)  # (N, H, W, 2)
    return F.grid_sample(images, places, align_corners=False)  # (N, C, H, W)
