"""Curves of a training: losses and PCK against samples, from log.csv (several, in the order they were trained, are joined).

    python3 plot.py run/log.csv [more/log.csv] curves.png
"""
import csv
import sys

import matplotlib
matplotlib.use("Agg")
from matplotlib import pyplot

CURVES = {"heat": "heat loss", "pull": "pull", "push": "push", "turn": "turn loss", "side": "side loss", "pck": "PCK@0.2 %"}


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    rows = []
    for path in sys.argv[1:-1]:
        with open(path, encoding="utf-8", newline="") as stream:
            rows += [{name: float(value) for name, value in row.items() if value} for row in csv.DictReader(stream)]
    figure, axes = pyplot.subplots(2, 3, figsize=(13, 6))
    for axis, (name, title) in zip(axes.flat, CURVES.items()):
        points = [(row["samples"], row[name]) for row in rows if name in row]
        axis.plot(*zip(*points), linewidth=1.2)
        axis.set_title(title)
        axis.set_xlabel("samples")
        axis.grid(alpha=0.3)
        if name != "pck":
            axis.set_yscale("log")
    figure.tight_layout()
    figure.savefig(sys.argv[-1], dpi=110)


if __name__ == "__main__":
    main()
