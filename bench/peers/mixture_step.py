#!/usr/bin/env python3
"""One training step of a mixture density network in PyTorch: a peer for GoNoGo's.

    mixture_step.py [--threads N] [--batch N] [--patches P] [--features D] [--components K] [--rounds N]    prints medians as JSON
    mixture_step.py ... --serve    one step per line read; answers "wall cpu" in seconds, and "working_megabytes" with those

A step is forward, backward and Adam with L2 decay: weights softmax(pi), deviations elu + 1 + 1e-15, a one-dimensional mixture for each
feature, in the fewest operations that autograd allows. Working memory: the highest resident size less what the process had before
it made the network, and less parameters, gradients and moments. Needs torch.
"""
import math
import resource

import steps
import torch
from torch import nn
from torch.nn import functional as F


class Head(nn.Module):
    def __init__(self, features: int, components: int) -> None:
        super().__init__()
        self.components = components
        self.pi = nn.Linear(features, components)
        self.sigma = nn.Linear(features, features * components)
        self.mu = nn.Linear(features, features * components)
        for layer in (self.pi, self.sigma, self.mu):
            nn.init.xavier_normal_(layer.weight)
        nn.init.constant_(self.mu.bias, 0.001)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shape = (*x.shape, self.components)
        sigma = F.elu(self.sigma(x)).view(shape) + (1 + 1e-15)
        log_weights = torch.log(F.softmax(self.pi(x), -1) + 1e-15)
        t = (x.unsqueeze(-1) - self.mu(x).view(shape)) / sigma
        terms = log_weights.unsqueeze(-2) - 0.5 * t * t - sigma.log() - 0.5 * math.log(2 * math.pi)
        return -torch.logsumexp(terms, -1).mean()


def main() -> None:
    options = steps.options(batch=8, patches=196, features=768, components=100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    head = Head(options.features, options.components)
    x = torch.randn(options.batch, options.patches, options.features)
    kept = 4 * 4 * sum(parameter.numel() for parameter in head.parameters())
    steps.run(
        options, head.parameters(), lambda: head(x), rate=1e-4, decay=1e-4,
        working_megabytes=lambda: ((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 - kept) / 1e6)


main()
