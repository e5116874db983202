#!/usr/bin/env python3
"""PNG decoding and resizing by Pillow, as a peer for GoNoGo's.

    png_resize.py FILE.png SIZE

Answers each line of standard input (decode, resize or both) with the milliseconds of processor time that it took; the file is
read once.
Needs Pillow (Debian: python3-pil).
"""
import io
import sys
import time

import PIL
from PIL import Image, features


def decode(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def main() -> None:
    size = (int(sys.argv[2]), int(sys.argv[2]))
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    decoded = decode(data)
    print(f"Pillow {PIL.__version__}, zlib {features.version('zlib')}", flush=True)
    for line in sys.stdin:
        request = line.strip()
        start = time.process_time()
        if request == "decode":
            decode(data)
        elif request == "resize":
            decoded.resize(size, Image.BILINEAR)
        else:
            decode(data).resize(size, Image.BILINEAR)
        print(1000 * (time.process_time() - start), flush=True)


main()
