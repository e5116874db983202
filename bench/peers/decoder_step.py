"""PyTorch's side of the convolution benchmark: training steps of the convolutions of VT-ADL's decoder and of the autoencoder's encoder.

Case: "NET BATCH" with NET decoder (8 x 8 becomes 512 x 512) or autoencoder (128 x 128 becomes 4 x 4). A step is forward, the gradients of
weights and biases, and those of the inputs (the network's own excepted). Nothing stands between the convolutions.
"""

import torch
from torch import nn

from serve import serve

# Inputs, outputs, kernel, stride, padding.
DECODER = [
    (8, 16, 3, 2, 1), (16, 32, 9, 3, 1), (32, 32, 7, 5, 1), (32, 16, 9, 2, 0), (16, 8, 6, 1, 0), (8, 3, 11, 1, 0),
]
ENCODER = [(3, 32, 4, 2, 1), (32, 32, 4, 2, 1), (32, 64, 4, 2, 1), (64, 64, 4, 2, 1), (64, 128, 4, 2, 1)]


def prepare(case):
    name, batch = case.split()
    torch.manual_seed(1)
    if name == "decoder":
        net = nn.Sequential(*(nn.ConvTranspose2d(*layer) for layer in DECODER))
        x = torch.rand(int(batch), 8, 8, 8) - 0.5
    else:
        net = nn.Sequential(*(nn.Conv2d(*layer) for layer in ENCODER))
        x = torch.rand(int(batch), 3, 128, 128) - 0.5
    gradient = torch.rand_like(net(x)) - 0.5

    def step():
        for parameter in net.parameters():
            parameter.grad = None
        net(x).backward(gradient)

    return step


serve(prepare)
