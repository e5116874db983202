#!/usr/bin/env python3
"""One training step of a FastFlow normalizing flow in PyTorch: a peer for GoNoGo's.

    flow_step.py [--permutation matrix|index] [--threads N] [--batch N] [--channels C] [--side N] [--steps N] [--rounds N]
                 prints medians as JSON
    flow_step.py ... --serve    one step per line read; answers "wall cpu" in seconds

A step is forward, backward and Adam with L2 decay. Couplings alternate 3x3 and 1x1 subnets (hidden ratio 0.16), s = 2 tanh(a); the
permutation is a product with a C x C matrix (as a 1x1 convolution, the published form) or an index. Needs torch.
"""
import resource

import steps
import torch
from torch import nn
from torch.nn import functional as F


class Step(nn.Module):
    def __init__(self, channels: int, kernel: int, matrix: bool) -> None:
        super().__init__()
        self.active = channels // 2
        self.passive = channels - self.active
        hidden = int(self.passive * 0.16)
        self.subnet = nn.Sequential(
            nn.Conv2d(self.passive, hidden, kernel, padding="same"), nn.ReLU(), nn.Conv2d(hidden, 2 * self.active, kernel, padding="same"))
        self.scale = nn.Parameter(torch.full((1, channels, 1, 1), 9.986478501101022))
        self.offset = nn.Parameter(torch.zeros(1, channels, 1, 1))
        order = torch.randperm(channels)
        if matrix:
            self.register_buffer("permutation", torch.eye(channels)[order].view(channels, channels, 1, 1).contiguous())
        else:
            self.register_buffer("permutation", order)
        self.matrix = matrix

    def forward(self, x: torch.Tensor) -> "tuple[torch.Tensor, torch.Tensor]":
        first, second = x[:, :self.passive], x[:, self.passive:]
        raw = self.subnet(first) * 0.1
        s = 2.0 * torch.tanh(raw[:, :self.active])
        coupled = second * torch.exp(s) + raw[:, self.active:]
        scale = 0.1 * F.softplus(self.scale, beta=0.5)
        y = torch.cat([first, coupled], 1) * scale + self.offset
        log_determinant = s.sum((1, 2, 3)) + x.shape[2] * x.shape[3] * scale.log().sum()
        return (F.conv2d(y, self.permutation) if self.matrix else y[:, self.permutation]), log_determinant


def main() -> None:
    options = steps.options({"permutation": ["matrix", "index"]}, batch=32, channels=768, side=14, steps=20)
    flow = nn.ModuleList(Step(options.channels, 3 if i % 2 == 0 else 1, options.permutation == "matrix") for i in range(options.steps))
    x = torch.randn(options.batch, options.channels, options.side, options.side)

    def loss() -> torch.Tensor:
        z, log_determinant = x, 0.0
        for part in flow:
            z, increment = part(z)
            log_determinant = log_determinant + increment
        return (0.5 * (z * z).sum((1, 2, 3)) - log_determinant).mean()

    steps.run(
        options, flow.parameters(), loss, rate=1e-3, decay=1e-5,
        peak_megabytes=lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


main()
