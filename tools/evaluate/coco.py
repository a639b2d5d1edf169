"""COCO's keypoint evaluation: object keypoint similarity, average precision over ten thresholds, and a paired bootstrap.

A ground truth marked `ignore` or `iscrowd`, without a labelled joint, or outside the range of areas, is neither to be found nor false when found.
"""
import numpy as np

SIGMAS = np.array([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]) / 1000
THRESHOLDS = np.arange(0.5, 0.96, 0.05)
RECALLS = np.linspace(0, 1, 101)
RANGES = {"all": (0, 1e10), "medium": (32**2, 96**2), "large": (96**2, 1e10)}
MOST_FOUND = 20  # people a photograph, the surest


def similarity(truth, joints):
    """OKS of a labelled person and found joints [17, 2]. Where no joint is labelled, of the box at twice its size, as COCO has it."""
    labelled = np.array(truth["keypoints"], float).reshape(17, 3)
    seen = labelled[:, 2] > 0
    if seen.any():
        d2 = ((joints - labelled[:, :2]) ** 2).sum(1)[seen]
        variances = (2 * SIGMAS[seen]) ** 2
    else:
        x, y, w, h = truth["bbox"]
        low, high = np.array([x - w, y - h]), np.array([x + 2 * w, y + 2 * h])
        d2 = (np.maximum(np.maximum(low - joints, joints - high), 0) ** 2).sum(1)
        variances = (2 * SIGMAS) ** 2
    return float(np.exp(-d2 / variances / (truth["area"] + 1e-9) / 2).mean())


def area_of(joints):
    return float(np.prod(np.ptp(joints, axis=0)))


def match(truths, found, area_range):
    """One photograph: per threshold and found person (score falling): 1 right, 0 false, -1 not counted; and how many are to be found."""
    low, high = area_range
    ignored = np.array([bool(t.get("ignore") or t.get("iscrowd") or not any(t["keypoints"][2::3]) or not low <= t["area"] <= high)
                        for t in truths], bool)
    found = sorted(found, key=lambda person: -person["score"])[:MOST_FOUND]
    oks = np.array([[similarity(t, person["joints"]) for t in truths] for person in found]).reshape(len(found), len(truths))
    order = np.argsort(ignored, kind="stable")  # those to be found first
    result = np.zeros((len(THRESHOLDS), len(found)), int)
    for k, threshold in enumerate(THRESHOLDS):
        taken = np.zeros(len(truths), bool)
        for i, person in enumerate(found):
            best, best_oks = -1, threshold
            for j in order:
                if taken[j] and not truths[j].get("iscrowd"):
                    continue
                if best >= 0 and not ignored[best] and ignored[j]:
                    break
                if oks[i, j] >= best_oks:
                    best, best_oks = j, oks[i, j]
            if best >= 0:
                taken[best] = True
                result[k, i] = -1 if ignored[best] else 1
            elif not low <= area_of(person["joints"]) <= high:
                result[k, i] = -1
    return result, [person["score"] for person in found], int((~ignored).sum())


def average_precision(parts):
    """AP per threshold from what match() says of each photograph."""
    scores = np.concatenate([np.array(scores, float) for _, scores, _ in parts])
    right = np.concatenate([result for result, _, _ in parts], axis=1)
    total = sum(n for _, _, n in parts)
    order = np.argsort(-scores, kind="mergesort")
    right, values = right[:, order], []
    for row in right:
        row = row[row >= 0]
        true, false = np.cumsum(row == 1), np.cumsum(row == 0)
        recall, precision = true / max(total, 1), true / np.maximum(true + false, 1)
        precision = np.maximum.accumulate(precision[::-1])[::-1]
        at = np.searchsorted(recall, RECALLS, side="left")
        values.append(np.mean([precision[i] if i < len(precision) else 0 for i in at]))
    return np.array(values)


def evaluate(truths_of, found_of):
    """Both: photograph -> list. The parts of every range, per photograph, for AP and for bootstraps."""
    return {name: {key: match(truths_of[key], found_of.get(key, []), limits) for key in truths_of} for name, limits in RANGES.items()}


def bootstrap(parts_a, parts_b, rounds=1000, seed=1):
    """AP of b less AP of a over photographs drawn anew: mean, its 95 % interval."""
    rng, keys, gains = np.random.default_rng(seed), sorted(parts_a), []
    for _ in range(rounds):
        drawn = rng.choice(len(keys), len(keys))
        gains.append(average_precision([parts_b[keys[i]] for i in drawn]).mean() - average_precision([parts_a[keys[i]] for i in drawn]).mean())
    return np.mean(gains), np.percentile(gains, [2.5, 97.5])
