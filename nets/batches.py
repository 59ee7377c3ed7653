"""Where an epoch is cut into batches. Needs the standard library only."""


def cuts(images: int, *, batch_size: int) -> range:
    """Return the places in an epoch of `images` at which one batch ends and the next begins.

    An image that would be left over by itself joins the batch before it: a batch norm cannot average over one image.

    >>> list(cuts(130, batch_size=64)), list(cuts(129, batch_size=64))
    ([64, 128], [64])
    """
    # Of batches of one, none is left over.
    last = images - (1 if batch_size > 1 else 0)
    return range(batch_size, last, batch_size)


def steps_per_epoch(images: int, *, batch_size: int) -> int:
    """Return how many batches show all images once.

    >>> [steps_per_epoch(images, batch_size=64) for images in (128, 129, 130)]
    [2, 2, 3]
    """
    return len(cuts(images, batch_size=batch_size)) + 1


def next_batch(left: int, *, batch_size: int) -> int:
    """Return how many images the next batch has, where `left` of the epoch were not shown yet.

    >>> [next_batch(left, batch_size=64) for left in (130, 65, 64, 1)]
    [64, 65, 64, 1]
    """
    places = cuts(left, batch_size=batch_size)
    return places[0] if places else left


def largest_batch(images: int, *, batch_size: int) -> int:
    """Return the most images of any batch of an epoch, or `batch_size` where there are fewer images than that.

    >>> [largest_batch(images, batch_size=64) for images in (128, 129, 130)]
    [64, 65, 64]
    """
    places = cuts(images, batch_size=batch_size)
    last = images - places[-1] if places else images
    return max(batch_size, last)
