"""Reading the QR codes that pages show, as a phone's camera would."""

import re

import numpy
import zxingcpp


def read_svg(svg: str) -> list[str]:
    """The texts of the codes in an SVG that `documents.qr` drew, from its painted squares."""
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    canvas = numpy.full((size, size), 255, dtype=numpy.uint8)
    path = re.search(r'<path[^>]*class="qrline"[^>]*\bd="([^"]+)"', svg)[1]
    for x0, y0, rest in re.findall(r"M([\d.]+) ([\d.]+)((?:h\d+|m-?[\d.]+ -?[\d.]+)*)", path):
        x, y = float(x0), float(y0)
        for step, across, down in re.findall(r"h(\d+)|m(-?[\d.]+) (-?[\d.]+)", rest):
            if step:
                canvas[int(y), int(x) : int(x) + int(step)] = 0
                x += int(step)
            else:
                x, y = x + float(across), y + float(down)
    seen = zxingcpp.read_barcodes(numpy.kron(canvas, numpy.ones((6, 6), dtype=numpy.uint8)))
    return [code.text for code in seen]
