#!/usr/bin/env python3
# Makes the small PyTorch checkpoints of this folder. Run in it with Python 3 and torch (1.13 made those that are here).
# Every tensor's values are its flat row-major index times 0.25, converted to its type, so that no list of values is needed.
import argparse
import collections

import torch


def ramp(shape, dtype=torch.float32):
    count = int(torch.Size(shape).numel())
    return (torch.arange(count) * 0.25).reshape(shape).to(dtype)


def tensors(prefix=""):
    base = ramp((4, 6)).t().contiguous()
    values = [
        ("conv.weight", ramp((2, 3, 2, 2))),
        ("half", ramp((3, 5), torch.float16)),
        ("brain", ramp((2, 7), torch.bfloat16)),
        ("double", ramp((4,), torch.float64)),
        ("long", ramp((3, 4), torch.int64)),
        ("int", ramp((5,), torch.int32)),
        ("short", ramp((5,), torch.int16)),
        ("char", ramp((5,), torch.int8)),
        ("byte", ramp((7,), torch.uint8)),
        ("flag", ramp((3,), torch.bool)),
        ("scalar", ramp(())),
        ("empty", ramp((0, 4))),
        ("transposed", base.t()),
        ("strided", torch.stack([ramp((3, 4)), ramp((3, 4))], 2)[:, :, 1]),
        ("expanded", torch.zeros(1).expand(8, 4)),
        ("parameter", torch.nn.Parameter(ramp((2, 3)))),
    ]
    return collections.OrderedDict((prefix + name, value) for name, value in values)


training = {
    "epoch": 3,
    "args": argparse.Namespace(lr=0.1, seeds=[1, 2], big=2**70),
    "teacher": tensors(),
    "student": tensors("module.backbone.") | {"module.head.weight": ramp((2, 2))},
    "optimizer": {"state": {0: {"step": torch.tensor(5.0), "exp_avg": ramp((2, 2))}}},
}
torch.save(tensors(), "zip.pth", _use_new_zipfile_serialization=True)
torch.save({"model": tensors(), "best": 0.5}, "zip_protocol4.pth", pickle_protocol=4)
torch.save(training, "legacy_training.pth", _use_new_zipfile_serialization=False)
