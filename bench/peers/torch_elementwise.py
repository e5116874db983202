#!/usr/bin/env python3
"""Layer norm, softmax, activations, batch norm and sums by PyTorch, as a peer for GoNoGo's.

    torch_elementwise.py THREADS

Each line of standard input is "CASE CALLS"; the answer is the processor time in milliseconds of that many calls.
Needs PyTorch (Debian: python3-torch).
"""
import sys
import time

import torch

aten = torch.ops.aten


def main() -> None:
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(1)
    tokens = torch.rand(1568, 768) * 2 - 1
    weight, bias = torch.rand(768), torch.rand(768)
    scores = torch.rand(8 * 12 * 197, 197) * 8 - 4
    maps = torch.rand(8, 32, 128, 128) * 2 - 1
    factor, offset = torch.rand(32), torch.rand(32)
    mean, variance = torch.zeros(32), torch.ones(32)
    with torch.no_grad():
        _, row_mean, row_scale = torch.native_layer_norm(tokens, [768], weight, bias, 1e-5)
        probabilities = torch.softmax(scores, -1)
        _, map_mean, map_scale = torch.native_batch_norm(maps, factor, offset, mean, variance, True, 0.1, 1e-5)
        every = [True, True, True]
        cases = {
            "layer-norm": lambda: torch.native_layer_norm(tokens, [768], weight, bias, 1e-5),
            "layer-norm-backward": lambda: aten.native_layer_norm_backward(tokens, tokens, [768], row_mean, row_scale, weight, bias, every),
            "softmax": lambda: torch.softmax(scores, -1),
            "softmax-backward": lambda: aten._softmax_backward_data(scores, probabilities, -1, torch.float32),
            "gelu": lambda: torch.nn.functional.gelu(tokens),
            "gelu-backward": lambda: aten.gelu_backward(tokens, tokens),
            "softplus": lambda: torch.nn.functional.softplus(tokens),
            "tanh": lambda: torch.tanh(tokens),
            "bias": lambda: tokens + bias,
            "column-sum": lambda: tokens.sum(0),
            "mse": lambda: torch.nn.functional.mse_loss(maps, maps),
            "batch-norm": lambda: torch.native_batch_norm(maps, factor, offset, mean, variance, True, 0.1, 1e-5),
            "batch-norm-backward": lambda: aten.native_batch_norm_backward(
                maps, maps, factor, mean, variance, map_mean, map_scale, True, 1e-5, every),
        }
        print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads", flush=True)
        for line in sys.stdin:
            name, calls = line.split()
            case = cases[name]
            start = time.process_time()
            for _ in range(int(calls)):
                case()
            print(1000 * (time.process_time() - start), flush=True)


main()
