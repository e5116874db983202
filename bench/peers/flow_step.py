#!/usr/bin/env python3
"""One training step of a FastFlow normalizing flow in PyTorch: a peer for GoNoGo's.

    flow_step.py [--permutation matrix|index] [--threads N] [--batch N] [--channels C] [--side N] [--steps N] [--rounds N]
                 prints medians as JSON
    flow_step.py ... --serve    one step per line read; answers "wall cpu" in seconds

A step is forward, backward and Adam with L2 decay. Couplings alternate 3x3 and 1x1 subnets (hidden ratio 0.16), s = 2 tanh(a); the
permutation is a product with a C x C matrix (as a 1x1 convolution, the published form) or an index. Needs torch.
"""
import argparse
import json
import os
import resource
import statistics
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402


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
    parser = argparse.ArgumentParser()
    parser.add_argument("--permutation", choices=["matrix", "index"], default="matrix")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--channels", type=int, default=768)
    parser.add_argument("--side", type=int, default=14)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    flow = nn.ModuleList(Step(options.channels, 3 if i % 2 == 0 else 1, options.permutation == "matrix") for i in range(options.steps))
    optimizer = torch.optim.Adam(flow.parameters(), lr=1e-3, weight_decay=1e-5)
    x = torch.randn(options.batch, options.channels, options.side, options.side)

    def step() -> "tuple[float, float]":
        wall, cpu = time.perf_counter(), time.process_time()
        optimizer.zero_grad(set_to_none=True)
        z, log_determinant = x, 0.0
        for part in flow:
            z, increment = part(z)
            log_determinant = log_determinant + increment
        (0.5 * (z * z).sum((1, 2, 3)) - log_determinant).mean().backward()
        optimizer.step()
        return time.perf_counter() - wall, time.process_time() - cpu

    step()
    if options.serve:
        print("PyTorch", torch.__version__, flush=True)
        for _ in sys.stdin:
            wall, cpu = step()
            print(f"{wall:.6f} {cpu:.6f}", flush=True)
        return

    steps = [step() for _ in range(options.rounds)]
    print(json.dumps({
        "permutation": options.permutation, "threads": options.threads, "batch": options.batch, "channels": options.channels,
        "side": options.side, "steps": options.steps, "torch": torch.__version__,
        "wall_seconds": statistics.median(wall for wall, _ in steps), "cpu_seconds": statistics.median(cpu for _, cpu in steps),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }))


main()
