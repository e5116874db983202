#!/usr/bin/env python3
"""Feeding pictures to a network by Pillow: PNG files are read, decoded, resized and scaled to float planes.

    feed.py FOLDER SIZE WORKERS

Answers each line of standard input, "processes N" or "threads N", with wall seconds and processor seconds for N pictures (the files of the
folder again and again), spread over so many processes or threads; what they make stays where it was made. Decoding and resizing
release Python's lock, so that threads are no straw man; processes are how PyTorch's loader works.
Needs Pillow and NumPy (Debian: python3-pil, python3-numpy).
"""
import multiprocessing
import multiprocessing.pool
import os
import resource
import sys
import time

import numpy
import PIL
from PIL import Image, features

SIZE = int(sys.argv[2])
MEAN = numpy.array([0.485, 0.456, 0.406], numpy.float32)
DEVIATION = numpy.array([0.229, 0.224, 0.225], numpy.float32)


def prepare(path: str) -> int:
    with Image.open(path) as picture:
        small = picture.convert("RGB").resize((SIZE, SIZE), Image.BILINEAR)
    planes = ((numpy.asarray(small, numpy.float32) / 255 - MEAN) / DEVIATION).transpose(2, 0, 1)
    return numpy.ascontiguousarray(planes).shape[0]


def spent() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main() -> None:
    files = [os.path.join(sys.argv[1], name) for name in sorted(os.listdir(sys.argv[1]))]
    workers = int(sys.argv[3])
    prepare(files[0])
    print(f"Pillow {PIL.__version__}, zlib {features.version('zlib')}", flush=True)
    for line in sys.stdin:
        kind, count = line.split()
        paths = [files[i % len(files)] for i in range(int(count))]
        pool = multiprocessing.Pool(workers) if kind == "processes" else multiprocessing.pool.ThreadPool(workers)
        # Starting the workers does not count.
        pool.map(prepare, files[:workers], 1)
        processor = spent()
        start = time.perf_counter()
        for _ in pool.imap(prepare, paths, 4):
            pass
        wall = time.perf_counter() - start
        pool.close()
        pool.join()
        print(wall, spent() - processor, flush=True)


if __name__ == "__main__":
    main()
