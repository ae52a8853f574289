# SPDX-License-Identifier: MIT
"""chart.py FIGURES PICTURE - draw what script/bench has measured (build/bench.json) as an SVG: how many
requests a second, beside the yardsticks; and what happens to a request as the rows grow."""

import json
import math
import sys

WIDTH, HEIGHT, LEFT, TOP = 900, 330, 210, 50
COLOURS = ("#4c78a8", "#f58518", "#54a24b", "#b279a2", "#e45756", "#72b7b2", "#9d755d")


def text(x, y, words, anchor="start", size=12, weight="normal", colour="#333"):
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}" '
            f'font-weight="{weight}" fill="{colour}">{words}</text>')


def line(points, colour, width=2):
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def bars(rates):
    """Requests a second, one bar each, from 0."""
    yield text(20, 30, "GET /deployments/{id}, requests a second, 16 connections", size=14,
               weight="bold")
    most = max(rates.values())
    for i, (name, rate) in enumerate(rates.items()):
        y = TOP + i * 34
        long = max(1.0, (WIDTH - LEFT - 110) * rate / most)
        yield text(LEFT - 10, y + 17, name, "end")
        yield (f'<rect x="{LEFT}" y="{y}" width="{long:.1f}" height="24" '
               f'fill="{COLOURS[i % len(COLOURS)]}"/>')
        yield text(LEFT + long + 8, y + 17, f"{rate:,.0f}")


def growth(sizes, curves, top):
    """Microseconds against rows, both as powers of ten."""
    yield text(20, top + 30, "Microseconds of a processor for a request, by number of deployments",
               size=14, weight="bold")
    left, right, low, high = 80, WIDTH - 330, top + HEIGHT - 40, top + TOP
    values = [value for times in curves.values() for value in times]
    floor, ceiling = (math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))))
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def place(size, value):
        return (left + (right - left) * (math.log10(size) - first) / (last - first),
                low - (low - high) * (math.log10(value) - floor) / (ceiling - floor))

    for power in range(floor, ceiling + 1):
        y = place(sizes[0], 10 ** power)[1]
        yield line([(left, y), (right, y)], "#ddd", 1)
        yield text(left - 8, y + 4, f"{10 ** power:,}", "end")
    for size in sizes:
        x = place(size, 10 ** floor)[0]
        yield line([(x, low), (x, high)], "#ddd", 1)
        yield text(x, low + 18, f"{size:,}", "middle")
    labels = sorted(curves.items(), key=lambda item: -item[1][-1])
    y = high - 20
    for i, (name, times) in enumerate(labels):
        points = [place(size, value) for size, value in zip(sizes, times)]
        colour = COLOURS[i % len(COLOURS)]
        yield line(points, colour)
        y = max(y + 16, points[-1][1] + 4)  # as near as there is room
        yield text(right + 10, y, name, colour=colour)


def main():
    with open(sys.argv[1]) as file:
        figures = json.load(file)
    parts = [*bars(figures["rates"]), *growth(figures["sizes"], figures["curves"], HEIGHT - 90)]
    with open(sys.argv[2], "w") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{2 * HEIGHT - 90}" '
                   f'font-family="sans-serif">\n<rect width="100%" height="100%" fill="white"/>\n'
                   + "\n".join(parts) + "\n</svg>\n")


main()
