"""What a joint's heat is worth: how likely it is right, and how far off it is; from photographs that the network never saw.

    python3 tools/evaluate/confidence.py --photos FOLDER --model data/models/people.yaml --zoom off|always [--half choose|report]

Prints the knots for the descriptor's `confidence`, fitted on the half `choose` with the descriptor's own table left out, and the
reliability of scores as they are: of joints of a score, how many are right, and the expected calibration error (ten bins).
A joint is right where its own OKS is above one half. Only people who match a labelled one count: others may be real and not labelled.
"""
import argparse
import os
import tempfile

import numpy as np
import yaml

import coco
import photographs

KNOTS = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0])  # borders of the bins that knots are the means of
MATCHED = 0.3    # OKS of a person, from which on it is the labelled one
RAYLEIGH = 1.177  # median distance over the standard deviation of a coordinate


def joints_of(truths_of, found_of):
    """Score, distance in the joint's OKS sigmas times the root of the area, whether it is right: of each labelled joint of a person found."""
    rows = []
    for photo, found in found_of.items():
        truths = [t for t in truths_of[photo] if not t.get("ignore") and not t.get("iscrowd")]
        left = list(range(len(truths)))
        for person in sorted(found, key=lambda p: -p["score"]):
            similar = [coco.similarity(truths[i], person["joints"]) for i in left]
            if not similar or max(similar) < MATCHED:
                continue
            truth = truths[left.pop(int(np.argmax(similar)))]
            labelled = np.array(truth["keypoints"], float).reshape(17, 3)
            off = np.linalg.norm(person["joints"] - labelled[:, :2], axis=1) / (coco.SIGMAS * np.sqrt(truth["area"]))
            rows += [(score, d, d < 2 * np.sqrt(2 * np.log(2))) for score, d, v in zip(person["scores"], off, labelled[:, 2]) if v > 0 and score > 0]
    return np.array(rows)


def rising(values, weights):
    """The nearest rising values in weighted least squares (pool adjacent violators)."""
    pools = []
    for value, weight in zip(values, weights):
        pools.append([value, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            b, a = pools.pop(), pools.pop()
            pools.append([(a[0] * a[1] + b[0] * b[1]) / (a[1] + b[1]), a[1] + b[1], a[2] + b[2]])
    return [pool[0] for pool in pools for _ in range(pool[2])]


def fit(rows):
    """Knots: heat, probability, spread."""
    bins = [rows[(rows[:, 0] >= a) & (rows[:, 0] < b)] for a, b in zip(KNOTS, KNOTS[1:])]
    bins = [part for part in bins if len(part) >= 10]
    sizes = [len(part) for part in bins]
    probability = rising([part[:, 2].mean() for part in bins], sizes)
    spread = [-v for v in rising([-np.median(part[:, 1]) / RAYLEIGH for part in bins], sizes)]
    return [(part[:, 0].mean(), p, s) for part, p, s in zip(bins, probability, spread)]


def reliability_print(rows):
    error = 0
    print("score      joints  mean score  right")
    for low in np.arange(0, 1, 0.1):
        part = rows[(rows[:, 0] >= low) & (rows[:, 0] < low + 0.1 + (low > 0.85))]
        if len(part):
            error += abs(part[:, 0].mean() - part[:, 2].mean()) * len(part) / len(rows)
            print(f"{low:.1f}-{low + 0.1:.1f} {len(part):9d} {part[:, 0].mean():11.3f} {part[:, 2].mean():6.3f}")
    print(f"{len(rows)} joints; expected calibration error {error:.3f}")


def model_without_table(path, zoom, folder):
    """The descriptor and its second network's, without their tables; their paths made absolute. Returns the first's path."""
    def absolute(value):
        beside = os.path.join(os.path.dirname(os.path.abspath(path)), value)
        return os.path.normpath(beside)
    with open(path, encoding="utf-8") as stream:
        model = yaml.safe_load(stream)
    model.pop("confidence", None)
    model["model"]["file"] = absolute(model["model"]["file"])
    for key in ("input", "output"):
        if "selfcheck" in model:
            model["selfcheck"][key] = absolute(model["selfcheck"][key])
    if "skeleton" in model["keypoints"] and "/" in str(model["keypoints"]["skeleton"]):
        model["keypoints"]["skeleton"] = absolute(model["keypoints"]["skeleton"])
    if "zoom" in model:
        model["zoom"]["model"] = model_without_table(absolute(model["zoom"]["model"]), zoom, folder)
    made = f"{folder}/{os.path.basename(path)}"
    with open(made, "w", encoding="utf-8") as stream:
        yaml.safe_dump(model, stream)
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rigpose", default="build/release/rigpose")
    parser.add_argument("--photos", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--zoom", choices=("off", "always"), default="always")
    parser.add_argument("--half", choices=("choose", "report"), default="choose")
    args = parser.parse_args()
    photos, truths = photographs.chosen(args.photos, args.half)
    if args.half == "choose":
        with tempfile.TemporaryDirectory() as folder:
            raw = photographs.detect(args.rigpose, args.photos, photos, model_without_table(args.model, args.zoom, folder), args.zoom)
        for knot in fit(joints_of(truths, raw)):
            print("  - [%.3f, %.3f, %.2f]" % knot)
    reliability_print(joints_of(truths, photographs.detect(args.rigpose, args.photos, photos, args.model, args.zoom)))


if __name__ == "__main__":
    main()
