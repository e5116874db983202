#!/usr/bin/env python3
"""Makes the small JPEG and TIFF files of this folder, from which the fuzzer starts.

    make.py [FOLDER]

Needs Pillow (Debian: python3-pil), cjpeg and jpegtran (libjpeg-turbo-progs) and tiffcp (libtiff-tools).
"""
import os
import struct
import subprocess
import sys
import zlib

from PIL import Image

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(FOLDER, name)


def picture(width, height, mode="RGB"):
    """A smooth ramp with an edge."""
    image = Image.new("RGB", (width, height))
    image.putdata([((x * 255) // width, (y * 255) // height, 200 if x > y else 40) for y in range(height) for x in range(width)])
    return image.convert(mode)


def cjpeg(name, image, *switches):
    ppm = path("picture.ppm")
    image.save(ppm)
    with open(path(name), "wb") as file:
        subprocess.run(["cjpeg", *switches, ppm], stdout=file, check=True)
    os.remove(ppm)


def jpegs():
    picture(9, 7, "L").save(path("gray.jpg"), optimize=True, quality=60)
    picture(21, 18).save(path("420.jpg"), optimize=True, quality=50, subsampling=2)
    picture(21, 18).save(path("422.jpg"), optimize=True, quality=50, subsampling=1)
    picture(17, 9).save(path("444.jpg"), optimize=True, quality=50, subsampling=0)
    picture(17, 9).save(path("tables.jpg"), quality=40, subsampling=0)
    picture(9, 9, "CMYK").save(path("cmyk.jpg"), optimize=True, quality=40)
    picture(18, 17, "L").save(path("progressive-gray.jpg"), progressive=True, quality=50)
    picture(18, 17).save(path("progressive-420.jpg"), progressive=True, quality=40)
    cjpeg("restart.jpg", picture(40, 17), "-quality", "40", "-optimize", "-restart", "1B")
    cjpeg("progressive-restart.jpg", picture(40, 17), "-quality", "30", "-progressive", "-restart", "2B")
    cjpeg("440.jpg", picture(18, 33), "-quality", "40", "-optimize", "-sample", "1x2")
    cjpeg("411.jpg", picture(33, 9), "-quality", "40", "-optimize", "-sample", "4x1")
    cjpeg("odd-sampling.jpg", picture(33, 25), "-quality", "40", "-optimize", "-sample", "3x1,1x2,1x1")
    cjpeg("rgb.jpg", picture(17, 9), "-quality", "40", "-optimize", "-rgb")
    cjpeg("arithmetic.jpg", picture(17, 9), "-quality", "40", "-arithmetic")
    scans = path("scans.txt")
    with open(scans, "w") as file:
        file.write("0: 0-0, 0, 2;\n1 2: 0-0, 0, 1;\n0: 1-5, 0, 3;\n0: 6-63, 0, 3;\n1: 1-63, 0, 1;\n2: 1-63, 0, 1;\n"
                   "0: 0-0, 2, 1;\n0: 1-63, 3, 2;\n0: 1-63, 2, 1;\n1 2: 0-0, 1, 0;\n0: 0-0, 1, 0;\n0: 1-63, 1, 0;\n1: 1-63, 1, 0;\n2: 1-63, 1, 0;\n")
    cjpeg("progressive-script.jpg", picture(17, 17), "-quality", "50", "-sample", "1x1", "-scans", scans)
    with open(scans, "w") as file:
        file.write("0;\n2;\n1;\n")
    cjpeg("separate-scans.jpg", picture(17, 17), "-quality", "40", "-scans", scans)
    os.remove(scans)


def tiff(name, order, entries, blocks, offsets_tag=273, counts_tag=279):
    """Writes a TIFF: entries {tag: (type, values)}, then the blocks of pixels."""
    sizes = {1: "B", 3: "H", 4: "I"}
    entries = dict(entries)
    entries[offsets_tag] = (4, [0] * len(blocks))
    entries[counts_tag] = (4, [len(block) for block in blocks])
    extra = 8 + 2 + 12 * len(entries) + 4
    place = extra + sum(max(4, (len(v) * struct.calcsize(sizes[t]) + 1) // 2 * 2) if len(v) * struct.calcsize(sizes[t]) > 4 else 0 for t, v in entries.values())
    offsets = []
    for block in blocks:
        offsets.append(place)
        place += len(block)
    entries[offsets_tag] = (4, offsets)
    directory = struct.pack(order + "H", len(entries))
    values = b""
    for tag, (kind, items) in sorted(entries.items()):
        packed = struct.pack(order + str(len(items)) + sizes[kind], *items)
        directory += struct.pack(order + "HHI", tag, kind, len(items))
        if len(packed) <= 4:
            directory += packed.ljust(4, b"\0")
        else:
            directory += struct.pack(order + "I", extra + len(values))
            values += packed + b"\0" * (len(packed) % 2)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    with open(path(name), "wb") as file:
        file.write(mark + struct.pack(order + "I", 8) + directory + b"\0\0\0\0" + values + b"".join(blocks))


def base(width, height, bits, photometric, compression=1, **more):
    entries = {256: (3, [width]), 257: (3, [height]), 258: (3, bits), 259: (3, [compression]), 262: (3, [photometric]), 277: (3, [len(bits)])}
    entries.update({int(tag[1:]): value for tag, value in more.items()})
    return entries


def tiffs():
    rgb = picture(13, 9)
    gray = picture(13, 9, "L")
    rgb.save(path("lzw.tif"), compression="tiff_lzw")
    rgb.save(path("deflate.tif"), compression="tiff_adobe_deflate")
    gray.save(path("packbits.tif"), compression="packbits")
    picture(13, 9, "I").convert("I;16").save(path("gray16-lzw.tif"), compression="tiff_lzw")
    picture(13, 9, "F").save(path("float.tif"))
    picture(13, 9, "P").save(path("palette.tif"))
    picture(13, 9, "1").save(path("bits1.tif"))
    picture(13, 9, "RGBA").save(path("rgba-deflate.tif"), compression="tiff_deflate")
    subprocess.run(["tiffcp", "-c", "lzw:2", path("lzw.tif"), path("lzw-predictor.tif")], check=True)
    subprocess.run(["tiffcp", "-t", "-w", "16", "-l", "16", "-c", "zip:2", path("lzw.tif"), path("tiled-deflate.tif")], check=True)
    subprocess.run(["tiffcp", "-p", "separate", "-r", "3", "-c", "packbits", path("lzw.tif"), path("planar-packbits.tif")], check=True)
    subprocess.run(["tiffcp", "-B", "-r", "4", "-c", "none", path("lzw.tif"), path("big-endian.tif")], check=True)
    pixels = rgb.tobytes()
    words = b"".join(struct.pack(">H", 257 * value) for value in pixels)
    tiff("rgb16-big.tif", ">", base(13, 9, [16] * 3, 2, 8, t278=(3, [5])), [zlib.compress(words[:5 * 78]), zlib.compress(words[5 * 78:])])
    tiff("inverted4.tif", "<", base(13, 9, [4], 0, t278=(3, [9])), [bytes((i * 37) & 255 for i in range(63))])
    floats = struct.pack("<117f", *[value / 255 for value in gray.tobytes()])
    rows = []
    for y in range(9):
        # Predictor 3: the bytes of a row by significance, highest first, then differences.
        row = floats[52 * y:52 * (y + 1)]
        planes = bytes(row[4 * x + 3 - part] for part in range(4) for x in range(13))
        rows.append(bytes([planes[0]] + [(planes[i] - planes[i - 1]) & 255 for i in range(1, 52)]))
    tiff("float-predictor.tif", "<", base(13, 9, [32], 1, 8, t278=(3, [9]), t317=(3, [3]), t339=(3, [3])), [zlib.compress(b"".join(rows))])
    tiles = [bytes((16 * t + i) & 255 for i in range(256)) for t in range(4)]
    tiff("tiled.tif", "<", base(20, 18, [8], 1, t322=(3, [16]), t323=(3, [16])), tiles, 324, 325)
    with open(path("bigtiff.tif"), "wb") as file:
        data = gray.tobytes()
        fields = [(256, 3, 13), (257, 3, 9), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 16, 16 + 8 + 20 * 8 + 8), (277, 3, 1), (279, 16, len(data))]
        file.write(b"II+\0" + struct.pack("<HHQQ", 8, 0, 16, len(fields)))
        for tag, kind, value in fields:
            file.write(struct.pack("<HHQQ", tag, kind, 1, value))
        file.write(struct.pack("<Q", 0) + data)


jpegs()
tiffs()
