"""PCK of photographs held out: a joint is right within 0.2 of the torso's length (mean hip to mean shoulder) of its label.

    python3 evaluate.py --photos FOLDER --net FOLDER/last.pt [--sizes 160 192 224] [--flip]

One person a photograph, so a joint is where its heatmap, the mean over sizes and the mirror image, smoothed, is highest.
"""
import argparse

import cv2
import numpy as np
import torch
from torch.nn import functional as F

import sets
from net import STRIDE, normalise

SMOOTH = 1.0  # cells: what the network is unsure of has several peaks, and the broadest is right more often than the highest


def _fit(photo, size):
    """The photograph scaled and centred into size x size, and A_net_photo."""
    h, w = photo.image.shape[:2]
    scale = size / max(h, w)
    A = np.array([[scale, 0, (size - scale * w) / 2 + 0.5 * scale - 0.5], [0, scale, (size - scale * h) / 2 + 0.5 * scale - 0.5]])
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.warpAffine(photo.image, A, (size, size), flags=flags, borderValue=(127, 127, 127)), A


def torso(joints):
    """The torso's length of one person, or None where a shoulder or hip pair is not labelled."""
    def middle(a, b):
        points = [joints[i, :2] for i in (a, b) if joints[i, 2] > 0]
        return np.mean(points, 0) if points else None
    up, down = middle(5, 6), middle(11, 12)
    return None if up is None or down is None else max(float(np.linalg.norm(up - down)), 1e-6)


def _peaks(heat):
    """[K, H, W] -> [K, 2]: each map's highest cell, moved to the top of a parabola through the logarithms."""
    k, h, w = heat.shape
    best = heat.reshape(k, -1).argmax(1)
    points = np.zeros((k, 2))
    for i in range(k):
        y, x = divmod(int(best[i]), w)
        points[i] = x, y
        for axis, (at, n) in enumerate(((x, w), (y, h))):
            if 0 < at < n - 1:
                line = heat[i, y, x - 1:x + 2] if axis == 0 else heat[i, y - 1:y + 2, x]
                a, b, c = np.log(np.maximum(line, 1e-6))
                curve = a - 2 * b + c
                points[i, axis] += np.clip((a - c) / (2 * curve), -0.5, 0.5) if curve < 0 else 0
    return points


def predict(net, images, flip=False):
    x = normalise(torch.from_numpy(np.stack(images)))
    with torch.no_grad():
        heat = net(x)[0]
        if flip:
            heat = (heat + net(x.flip(3))[0].flip(3)[:, sets.FLIP]) / 2
    return heat.float().numpy()


def _maps(net, photos, sizes, flip):
    """Smoothed heatmaps on the grid of the first size [photos, K, size/4, size/4]."""
    cells, total = sizes[0] // STRIDE, 0.0
    for size in sizes:
        heat = predict(net, [_fit(photo, size)[0] for photo in photos], flip)
        total = total + F.interpolate(torch.from_numpy(heat), (cells, cells), mode="bicubic", align_corners=False).numpy() / len(sizes)
    return np.array([[cv2.GaussianBlur(joint, (0, 0), SMOOTH) for joint in heat] for heat in total])


def pck_by_joint(net, photos, sizes, flip=False):
    """right and counted [K] over single-person photographs of set `lspet`."""
    right, counted = np.zeros(len(sets.JOINTS)), np.zeros(len(sets.JOINTS))
    alone = [photo for photo in photos if len(photo.joints) == 1 and torso(photo.joints[0]) is not None]
    for start in range(0, len(alone), 32):
        part = alone[start:start + 32]
        for photo, heat in zip(part, _maps(net, part, sizes, flip)):
            joints, A = photo.joints[0], _fit(photo, sizes[0])[1]
            found = ((_peaks(heat) + 0.5) * STRIDE - 0.5 - A[:, 2]) / A[0, 0]
            seen = joints[:, 2] > 0
            right += seen & (np.linalg.norm(found - joints[:, :2], axis=1) <= 0.2 * torso(joints))
            counted += seen
    return right, counted


def pck(net, photos, size):
    """Percent right over the 12 body joints."""
    right, counted = pck_by_joint(net, photos, [size])
    return 100 * right[sets.BODY].sum() / max(counted[sets.BODY].sum(), 1)


def main():
    from net import Net
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", required=True)
    parser.add_argument("--net", required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[160], help="pixels, multiples of 32")
    parser.add_argument("--flip", action="store_true")
    args = parser.parse_args()
    net = Net(len(sets.JOINTS))
    net.load_state_dict(torch.load(args.net, map_location="cpu")["net"])
    net.eval()
    right, counted = pck_by_joint(net, sets.read(args.photos, held_out=True), args.sizes, args.flip)
    for name, r, c in zip(sets.JOINTS, right, counted):
        print(f"{name:16s} {100 * r / max(c, 1):5.1f} % of {int(c)}")
    print(f"PCK@0.2 of the torso, 12 body joints: {100 * right[sets.BODY].sum() / counted[sets.BODY].sum():.2f} %")


if __name__ == "__main__":
    main()
