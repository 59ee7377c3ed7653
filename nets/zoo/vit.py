"""The vision transformer: an image as a row of patches that look at each other, and no convolution but the first."""

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    """Let every patch gather from all others what it asks for (Vaswani et al. 2017, arXiv:1706.03762, equation 1).

    Each patch makes a query, a key and a value. How well a query matches a key decides how much of that value is
    taken. This is done by `heads` groups of numbers at once, each with its own matches.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.ask = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.ask.weight)
        nn.init.zeros_(self.ask.bias)
        nn.init.zeros_(self.merge.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Turn T patches of D numbers, (N, T, D), into as many; A heads have D / A numbers each."""
        asked = self.ask(x)  # (N, T, D) -> (N, T, 3 * D)
        asked = asked.unflatten(2, (3, self.heads, -1))  # (N, T, 3, A, D // A)
        query, key, value = asked.permute(2, 0, 3, 1, 4).unbind()  # each (N, A, T, D // A)
        # T times T matches for every head: cost grows with the square of the number of patches.
        match = query @ key.transpose(2, 3)  # (N, A, T, T)
        share = (match / query.shape[3] ** 0.5).softmax(dim=3)  # each row adds up to 1
        taken = share @ value  # (N, A, T, D // A)
        taken = taken.transpose(1, 2).flatten(2)  # (N, T, D)
        merged: Tensor = self.merge(taken)
        return merged


class Block(nn.Module):
    """Look around, then think: attention over patches, then two dense layers on every patch by itself.

    Both are residual, x + F(x), with layer normalisation (Ba et al. 2016, arXiv:1607.06450) before F.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attention = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.dense1 = nn.Linear(width, 4 * width)
        self.gelu = nn.GELU()
        self.dense2 = nn.Linear(4 * width, width)
        for layer in (self.dense1, self.dense2):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.normal_(layer.bias, std=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        """Turn T patches of D numbers, (N, T, D), into as many."""
        x = x + self.attention(self.norm1(x))
        thought = self.gelu(self.dense1(self.norm2(x)))  # (N, T, D) -> (N, T, 4 * D)
        out: Tensor = x + self.dense2(thought)  # (N, T, D)
        return out


class VisionTransformer(nn.Module):
    """Dosovitskiy et al. 2020, An image is worth 16x16 words, arXiv:2010.11929, fig. 1; ViT-B/16 unless told else.

    Nothing here knows that neighbouring patches belong together or that a cat may sit anywhere: what a convolution
    is born with must be learned, from many images. The tiny form is the width and depth that Touvron et al. 2020
    (arXiv:2012.12877) call DeiT-Ti, with patches of 4x4. Pixels beyond the last whole patch are not seen.

    Weights start as in torchvision: patches normal with variance 1 / inputs, cut off at ±2; dense layers evenly
    spread after Glorot and Bengio 2010; positions normal with spread 0.02; the class token and the last layer
    0, so that the first loss is exactly ln(classes).
    """

    def __init__(
        self,
        shape: tuple[int, int, int] = (3, 224, 224),
        classes: int = 1000,
        *,
        patch: int = 16,
        width: int = 768,
        depth: int = 12,
        heads: int = 12,
    ) -> None:
        super().__init__()
        patches = (shape[1] // patch) * (shape[2] // patch)
        # A kernel as large as its stride: every patch through the same dense layer.
        self.patches = nn.Conv2d(shape[0], width, kernel_size=patch, stride=patch)
        self.flatten = nn.Flatten(2)
        # One row more than there are patches: it belongs to no place and gathers the answer.
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        # Attention does not know order; what is added here tells each patch where it is.
        self.position = nn.Parameter(torch.empty(1, patches + 1, width))
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(depth)))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.output = nn.Linear(width, classes)
        nn.init.trunc_normal_(self.patches.weight, std=(shape[0] * patch * patch) ** -0.5)
        nn.init.zeros_(self.patches.bias)  # type: ignore[arg-type]
        nn.init.normal_(self.position, std=0.02)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 3x224x224."""
        x = self.patches(x)  # (N, 3, 224, 224) -> (N, 768, 14, 14)
        x = self.flatten(x)  # (N, 768, 196)
        x = x.transpose(1, 2)  # (N, 196, 768)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], dim=1)  # (N, 197, 768)
        x = self.blocks(x + self.position)
        x = self.norm(x)[:, 0]  # (N, 768)
        logits: Tensor = self.output(x)  # (N, 1000)
        return logits
