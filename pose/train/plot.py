"""Curves of a training: losses and PCK against samples, from log.csv (several, in the order they were trained, are joined).

    python3 plot.py run/log.csv [more/log.csv] curves.png
"""
import csv
import sys

import matplotlib
matplotlib.use("Agg")
from matplotlib import pyplot

NAMES = ("heat loss", "pull", "push", "PCK@0.2 %")


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    rows = []
    for path in sys.argv[1:-1]:
        with open(path, encoding="utf-8", newline="") as stream:
            rows += [[float(value) for value in row] for row in csv.reader(stream) if row[0] != "samples"]
    samples, _, *curves = zip(*rows)
    figure, axes = pyplot.subplots(2, 2, figsize=(10, 6), sharex=True)
    for axis, name, curve in zip(axes.flat, NAMES, curves):
        axis.plot(samples, curve, linewidth=1.2)
        axis.set_title(name)
        axis.grid(alpha=0.3)
        if name != NAMES[3]:
            axis.set_yscale("log")
    for axis in axes[1]:
        axis.set_xlabel("samples")
    figure.tight_layout()
    figure.savefig(sys.argv[-1], dpi=110)


if __name__ == "__main__":
    main()
