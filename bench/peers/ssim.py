"""PyTorch's side of the SSIM benchmark: five depthwise convolutions with the 11 x 11 window.

Case: "MODE B C H W" with MODE forward or training (forward, and backward to the first picture).
"""

import torch
import torch.nn.functional as functional

from serve import serve


def prepare(case):
    mode, *sizes = case.split()
    batch, channels, height, width = map(int, sizes)
    line = torch.exp(-((torch.arange(11) - 5.0) ** 2) / 4.5)
    line = line / line.sum()
    window = (line[:, None] * line[None, :]).expand(channels, 1, 11, 11).contiguous()
    torch.manual_seed(1)
    first = torch.rand(batch, channels, height, width, requires_grad=mode == "training")
    second = torch.rand(batch, channels, height, width)

    def mean(x):
        return functional.conv2d(x, window, padding=5, groups=channels)

    def similarity():
        a, b = mean(first), mean(second)
        variance_a, variance_b = mean(first * first) - a * a, mean(second * second) - b * b
        covariance = mean(first * second) - a * b
        above = (2 * a * b + 1e-4) * (2 * covariance + 9e-4)
        return (above / ((a * a + b * b + 1e-4) * (variance_a + variance_b + 9e-4))).mean()

    def forward():
        with torch.no_grad():
            similarity()

    def step():
        first.grad = None
        similarity().backward()

    return step if mode == "training" else forward


serve(prepare)
