"""scikit-learn's 1,797 handwritten digits, served as one channel of 32x32."""

import numpy as np

from nets.images import serve
from nets.raw import Raw


def read() -> Raw:
    """Return all images (1797, 1, 32, 32) uint8, ink bright on black, and their labels 0 to 9."""
    # Importing scikit-learn takes a second or two; a worker pays for it at its start, see nets.data.warm.
    from sklearn.datasets import load_digits

    bunch = load_digits()
    served = [serve(cells) for cells in bunch.images.astype(np.uint8)]
    return Raw(np.stack(served)[:, None], bunch.target.astype(np.int64))
