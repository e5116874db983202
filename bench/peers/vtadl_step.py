#!/usr/bin/env python3
"""One training step of VT-ADL in PyTorch (512 x 512, the capsule step as a linear map): a peer for GoNoGo's.

    vtadl_step.py [--threads N] [--batch N] [--gaussians K] [--rounds N]    prints medians as JSON
    vtadl_step.py ... --serve    one step per line read; answers "wall cpu" in seconds

A step is forward, backward and Adam with L2 decay: 5 MSE - 0.5 SSIM + mean negative log-likelihood of a joint mixture with
sigma = softplus + 0.1, noise of 0.2 on what the mixture sees. Needs torch.
"""
import math

import steps
import torch
from torch import nn
from torch.nn import functional as F

SIZE, PATCH, WIDTH, DEPTH, HEADS, HIDDEN = 512, 64, 512, 6, 8, 1024
GRID = SIZE // PATCH


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.expand, self.reduce = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, tokens, _ = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, tokens, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        weights = ((q @ k.transpose(-1, -2)) * (WIDTH // HEADS) ** -0.5).softmax(-1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(batch, tokens, WIDTH))
        return x + self.reduce(F.gelu(self.expand(self.norm2(x))))


class Model(nn.Module):
    def __init__(self, gaussians: int) -> None:
        super().__init__()
        self.gaussians = gaussians
        self.embed = nn.Linear(PATCH * PATCH * 3, WIDTH)
        self.token = nn.Parameter(torch.randn(1, 1, WIDTH))
        self.positions = nn.Parameter(torch.randn(1, GRID * GRID + 1, WIDTH))
        self.layers = nn.Sequential(*[Layer() for _ in range(DEPTH)])
        self.project = nn.Linear(GRID * GRID * WIDTH, 512, bias=False)
        nn.init.normal_(self.project.weight, std=0.01)
        stages, inputs = [], 8
        for outputs, kernel, stride, padding in [(16, 3, 2, 1), (32, 9, 3, 1), (32, 7, 5, 1), (16, 9, 2, 0), (8, 6, 1, 0)]:
            stages += [nn.ConvTranspose2d(inputs, outputs, kernel, stride, padding), nn.BatchNorm2d(outputs), nn.ReLU()]
            inputs = outputs
        self.decoder = nn.Sequential(*stages, nn.ConvTranspose2d(8, 3, 11), nn.Sigmoid())
        self.pi = nn.Linear(WIDTH, gaussians, bias=False)
        self.mu = nn.Linear(WIDTH, WIDTH * gaussians, bias=False)
        self.sigma = nn.Linear(WIDTH, WIDTH * gaussians, bias=False)
        line = torch.exp(-((torch.arange(11) - 5.0) ** 2) / (2 * 1.5 ** 2))
        line = line / line.sum()
        self.register_buffer("window", (line[:, None] * line[None, :]).expand(3, 1, 11, 11).contiguous())

    def ssim(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        def mean(x: torch.Tensor) -> torch.Tensor:
            return F.conv2d(x, self.window, padding=5, groups=3)

        ma, mb = mean(a), mean(b)
        va, vb, vab = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
        return (((2 * ma * mb + 1e-4) * (2 * vab + 9e-4)) / ((ma * ma + mb * mb + 1e-4) * (va + vb + 9e-4))).mean()

    def loss(self, images: torch.Tensor) -> torch.Tensor:
        batch = images.shape[0]
        patches = images.view(batch, 3, GRID, PATCH, GRID, PATCH).permute(0, 2, 4, 3, 5, 1).reshape(batch, GRID * GRID, -1)
        x = torch.cat([self.token.expand(batch, -1, -1), self.embed(patches)], 1) + self.positions
        encoded = self.layers(x)[:, 1:]
        s = self.project(encoded.reshape(batch, -1))
        length = s.norm(dim=-1, keepdim=True)
        code = (length ** 2 / (1 + length ** 2)) * s / (length + 1e-8)
        decoded = self.decoder(code.view(batch, 8, 8, 8))
        seen = (encoded + 0.2 * torch.randn_like(encoded)).reshape(-1, WIDTH)
        shape = (-1, WIDTH, self.gaussians)
        sigma = F.softplus(self.sigma(seen)).view(shape) + 0.1
        t = (seen[:, :, None] - self.mu(seen).view(shape)) / sigma
        terms = (-0.5 * t * t - sigma.log()).sum(1) - 0.5 * WIDTH * math.log(2 * math.pi)
        likelihood = torch.logsumexp(F.log_softmax(self.pi(seen), -1) + terms, -1)
        return 5 * F.mse_loss(decoded, images) - 0.5 * self.ssim(decoded, images) - likelihood.mean() / WIDTH


def main() -> None:
    options = steps.options(batch=8, gaussians=150)
    model = Model(options.gaussians)
    images = torch.rand(options.batch, 3, SIZE, SIZE)
    steps.run(options, model.parameters(), lambda: model.loss(images), rate=1e-4, decay=1e-4)


main()
