"""Draw the figures of the lessons: `python courses/content/cnn/images/draw_figures.py` writes them beside this file."""

from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_image

HERE = Path(__file__).parent
GAP = 16  # pixels of white between two panels


def permute_and_reshape() -> Image.Image:
    """Show the tower beside what `reshape` makes of it: the same shape (C, H, W), other contents."""
    photo = load_sample_image("china.jpg")
    height, width, channels = photo.shape
    scrambled = photo.reshape(channels, height, width).transpose(1, 2, 0)
    white = np.full((height, GAP, channels), 255, dtype=np.uint8)
    return Image.fromarray(np.hstack([photo, white, scrambled]))


if __name__ == "__main__":
    panels = permute_and_reshape()
    half = panels.resize((panels.width * 5 // 8, panels.height * 5 // 8), Image.Resampling.LANCZOS)
    half.save(HERE / "permute-and-reshape.jpg", quality=82, optimize=True)
