#!/usr/bin/env python3
"""One training step of a mixture density network in PyTorch: a peer for GoNoGo's.

    mixture_step.py [--threads N] [--batch N] [--patches P] [--features D] [--components K] [--rounds N]    prints medians as JSON
    mixture_step.py ... --serve    one step per line read ("step"); answers "wall cpu" in seconds, and "memory" with megabytes

A step is forward, backward and Adam with L2 decay: weights softmax(pi), deviations elu + 1 + 1e-15, a one-dimensional mixture for each
feature, in the fewest operations that autograd allows. Working memory: the highest resident size less what the process had before
it made the network, and less parameters, gradients and moments. Needs torch.
"""
import argparse
import json
import math
import os
import resource
import statistics
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402


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
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--patches", type=int, default=196)
    parser.add_argument("--features", type=int, default=768)
    parser.add_argument("--components", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    head = Head(options.features, options.components)
    optimizer = torch.optim.Adam(head.parameters(), lr=1e-4, weight_decay=1e-4)
    x = torch.randn(options.batch, options.patches, options.features)
    kept = 4 * 4 * sum(parameter.numel() for parameter in head.parameters())

    def step() -> "tuple[float, float]":
        wall, cpu = time.perf_counter(), time.process_time()
        optimizer.zero_grad(set_to_none=True)
        head(x).backward()
        optimizer.step()
        return time.perf_counter() - wall, time.process_time() - cpu

    def memory() -> float:
        return ((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 - kept) / 1e6

    step()
    if options.serve:
        print("PyTorch " + torch.__version__, flush=True)
        for line in sys.stdin:
            if line.strip() == "memory":
                print(f"{memory():.0f}", flush=True)
            else:
                wall, cpu = step()
                print(f"{wall:.6f} {cpu:.6f}", flush=True)
        return

    steps = [step() for _ in range(options.rounds)]
    print(json.dumps({
        "threads": options.threads, "batch": options.batch, "patches": options.patches, "features": options.features, "components": options.components,
        "torch": torch.__version__, "wall_seconds": statistics.median(wall for wall, _ in steps), "cpu_seconds": statistics.median(cpu for _, cpu in steps),
        "working_megabytes": memory(),
    }))


main()
