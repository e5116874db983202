#!/usr/bin/env python3
"""DeiT-B forward passes in PyTorch without gradients: a peer for GoNoGo's. Driven by serve.py; a case is the number of images. Needs torch."""
import sys

import torch
from torch import nn
from torch.nn import functional as F

from serve import serve

WIDTH, HEADS, DEPTH, TOKENS = 768, 12, 12, 198


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-6), nn.LayerNorm(WIDTH, eps=1e-6)
        self.qkv, self.proj = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.fc1, self.fc2 = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch = x.shape[0]
        q, k, v = self.qkv(self.norm1(x)).view(batch, TOKENS, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        weights = ((q @ k.transpose(-1, -2)) * (WIDTH // HEADS) ** -0.5).softmax(-1)
        x = x + self.proj((weights @ v).transpose(1, 2).reshape(batch, TOKENS, WIDTH))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Deit(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Conv2d(3, WIDTH, 16, 16)
        self.prefix = nn.Parameter(torch.zeros(1, 2, WIDTH))
        self.positions = nn.Parameter(torch.zeros(1, TOKENS, WIDTH))
        self.blocks = nn.Sequential(*[Block() for _ in range(DEPTH)])
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        patches = self.embed(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.prefix.expand(images.shape[0], -1, -1), patches], 1) + self.positions
        return self.norm(self.blocks(x))[:, 2:]


def prepare(case: str):
    torch.manual_seed(0)
    model = Deit().eval()
    images = torch.rand(int(case), 3, 224, 224)

    def call() -> None:
        with torch.no_grad():
            model(images)

    return call


if __name__ == "__main__":
    import os
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    serve(prepare)
    sys.exit(0)
