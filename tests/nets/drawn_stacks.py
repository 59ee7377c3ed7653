"""Random networks as hypothesis draws them: layers of every kind, most of which fit what reaches them."""

from hypothesis import strategies as st

from nets.layers import (
    ACTIVATIONS,
    Act,
    AdaptivePool,
    Branch,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Gate,
    Layer,
    Norm,
    PatchEmbed,
    Pool,
    Residual,
    SelfAttention,
    Shape,
    ShapeError,
    Stack,
    StochasticDepth,
    TakeToken,
    Widen,
    named,
    shape_after,
)

SIDES = st.integers(6, 20)
FEW = st.integers(1, 6)


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    return draw(st.integers(1, 4)), draw(SIDES), draw(SIDES)


@st.composite
def networks(draw: st.DrawFn) -> tuple[Shape, Stack]:
    """Return an input shape and a network that fits it: blocks first, then a row or tokens at times."""
    shape = draw(shapes())
    layers, end = draw(fitting(shape, depth=2))
    tail: list[Layer] = draw(
        st.sampled_from(
            [
                [],
                [AdaptivePool(1), Flatten(), Dense(5)],
                [Flatten(), Dense(4, bias=False), Norm(), Act("ReLU"), Dropout(0.5), Dense(3)],
                [PatchEmbed(6, patch=2), Norm("layer"), SelfAttention(3), Dense(4), Act("GELU"), TakeToken(1)],
            ]
        )
    )
    for layer in tail:
        try:
            end = shape_after(layer, end)
        except ShapeError:
            break
        layers.append(layer)
    return shape, named(layers)


@st.composite
def fitting(draw: st.DrawFn, shape: Shape, *, depth: int) -> tuple[list[Layer], Shape]:
    """Return up to four layers that fit an image, and what leaves the last of them."""
    layers: list[Layer] = []
    for _ in range(draw(st.integers(1, 4))):
        layer = draw(blocks(shape, depth=depth - 1) if depth and draw(st.booleans()) else plain(shape))
        try:
            shape = shape_after(layer, shape)
        except ShapeError:
            continue
        layers.append(layer)
    return layers or [Act("ReLU")], shape


def plain(shape: Shape) -> st.SearchStrategy[Layer]:
    """Draw a layer that takes images."""
    channels = shape[0]
    groups = st.sampled_from([divisor for divisor in range(1, channels + 1) if channels % divisor == 0])
    grouped = st.tuples(groups, FEW, st.booleans())
    return st.one_of(
        st.builds(Conv, FEW, st.integers(1, 4), st.integers(1, 2), st.integers(0, 2), st.integers(1, 2)),
        grouped.map(lambda drawn: Conv(drawn[0] * drawn[1], kernel=3, padding=1, groups=drawn[0], bias=drawn[2])),
        st.sampled_from([Norm(), Norm("layer")]),
        groups.map(lambda number: Norm("group", groups=number)),
        st.sampled_from(ACTIVATIONS).map(Act),
        st.builds(Pool, st.sampled_from(["max", "average"]), st.integers(1, 3), st.integers(1, 2), st.integers(0, 1)),
        st.builds(AdaptivePool, st.integers(1, 8), st.sampled_from(["max", "average"])),
        st.sampled_from([Dropout(0.5), Dropout(0.2, whole_channels=True), StochasticDepth(0.3)]),
        st.builds(Widen, st.integers(channels, channels + 4), st.integers(1, 2)),
    )


@st.composite
def blocks(draw: st.DrawFn, shape: Shape, *, depth: int) -> Layer:
    """Draw a block whose ways end alike."""
    body, end = draw(fitting(shape, depth=depth))
    way = draw(st.sampled_from(["residual", "branch", "gate"]))
    if way == "branch":
        return Branch((named(body), named([*body, Act("ReLU")])))
    if way == "gate":
        return Gate(named([*body, AdaptivePool(1), Conv(shape[0], kernel=1), Act("Sigmoid")]))
    return Residual(named(body), () if end == shape else named([*body, Norm()]))
