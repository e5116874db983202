#!/usr/bin/env python3
"""Exact AU-PRO by one argsort over all pixels: the usual NumPy way, as a peer for GoNoGo's.

    aupro.py MAPS.npy MASKS.npy [LIMIT]      maps float32 [n, h, w], masks uint8 [n, h, w]

Prints one JSON object: value, wall and processor seconds (labelling, sorting and summing; loading not counted), peak memory.
Needs numpy and scipy.
"""
import json
import resource
import sys
import time

import numpy as np
from scipy import ndimage


def aupro(maps: np.ndarray, masks: np.ndarray, limit: float) -> float:
    # Every pixel of a region weighs 1 / area, so that a running sum over falling scores is the sum of overlaps.
    weights = np.zeros(masks.shape, np.float64)
    regions = 0
    for weight, mask in zip(weights, masks):
        labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
        if count:
            areas = np.bincount(labels.ravel())
            inside = labels > 0
            weight[inside] = 1.0 / areas[labels[inside]]
            regions += count

    order = np.argsort(maps, axis=None)[::-1]
    scores = maps.ravel()[order]
    false_positives = np.cumsum(masks.ravel()[order] == 0, dtype=np.int64)
    overlap = np.cumsum(weights.ravel()[order]) / regions
    last_of_group = np.append(scores[1:] != scores[:-1], True)
    rate = np.append(0.0, false_positives[last_of_group] / false_positives[-1])
    overlap = np.append(0.0, overlap[last_of_group])

    end = int(np.searchsorted(rate, limit, side="right"))
    x, y = rate[:end], overlap[:end]
    if end < len(rate) and x[-1] < limit:
        at_limit = y[-1] + (overlap[end] - y[-1]) * (limit - x[-1]) / (rate[end] - x[-1])
        x, y = np.append(x, limit), np.append(y, at_limit)
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2 / limit)


def main() -> None:
    maps, masks = np.load(sys.argv[1]), np.load(sys.argv[2])
    limit = float(sys.argv[3]) if len(sys.argv) > 3 else 0.3
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, processor_start = time.perf_counter(), time.process_time()
    value = aupro(maps, masks, limit)
    seconds, processor_seconds = time.perf_counter() - start, time.process_time() - processor_start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({
        "value": value, "seconds": seconds, "processor_seconds": processor_seconds,
        "extra_mib": (after - before) / 1024, "numpy": np.__version__,
    }))


main()
