"""Training samples for a network that knows people: photographs at many scales, and mosaics of several, so that people stand close.

A sample is image uint8 [S, S, 3] BGR and joints float32 [P, 17, 3] (x, y in pixels, centre of a pixel at its integer; 1 where labelled).
"""
import cv2
import numpy as np

import augment
from sets import FLIP

N_JOINTS = 17
TALL = (40, 260)     # pixels of a person's labelled joints, the longer way
ENLARGED_MOST = 2    # a photograph shows no more detail than it has
FILLED_LEAST = 0.8   # of a cell by a photograph's longer side
MOSAICS = {1: 0.5, 2: 0.33, 3: 0.17}  # cells a side


def _place(rng, photo, size, tall):
    """(scale, shift) that bring one of a photograph's people, sooner one with many labels, to a height and somewhere into a square cell,
    with as little empty border as can be."""
    labels = (photo.joints[:, :, 2] > 0).sum(1)
    x0, y0, x1, y1 = photo.boxes[rng.choice(len(labels), p=labels / labels.sum())]
    smallest = FILLED_LEAST * size / max(photo.image.shape[:2])
    scale = min(max(tall / max(x1 - x0, y1 - y0, 8), smallest), max(ENLARGED_MOST, smallest))
    middle = scale * np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    half = scale * np.array([x1 - x0, y1 - y0]) / 2
    room = np.maximum(size / 2 - 0.7 * half, 0.1 * size)
    left = size - scale * np.array(photo.image.shape[1::-1])
    return scale, np.clip(size / 2 + rng.uniform(-room, room) - middle, np.minimum(left, 0), np.maximum(left, 0))


def _cell(rng, photo, size, tall):
    scale, shift = _place(rng, photo, size, tall)
    flip = rng.random() < 0.5
    A = np.array([[-scale if flip else scale, 0, size - 1 - shift[0] if flip else shift[0]], [0, scale, shift[1]]])
    picture = photo.image if scale > 0.6 else cv2.GaussianBlur(photo.image, (0, 0), 0.35 / scale)
    image = cv2.warpAffine(picture, A, (size, size), flags=cv2.INTER_LINEAR, borderValue=[int(v) for v in rng.integers(0, 256, 3)])
    joints = (photo.joints[:, FLIP] if flip else photo.joints)[:, :N_JOINTS]
    at = joints[:, :, :2] @ A[:, :2].T + A[:, 2]
    seen = (joints[:, :, 2] > 0) & (at > -0.5).all(2) & (at < size - 0.5).all(2)
    joints = np.dstack([at, seen]).astype(np.float32)
    return image, joints[seen.sum(1) >= 2]


def sample(rng, groups, size, tall=TALL, mosaics=True):
    """One sample of a group of photographs drawn at random. Big people of a mosaic fill their cells."""
    n = rng.choice(list(MOSAICS), p=list(MOSAICS.values())) if mosaics else 1
    side = size // n
    image, people = np.zeros((size, size, 3), np.uint8), []
    for cell in range(n * n):
        photos = groups[rng.integers(len(groups))] if n > 1 else groups[0]
        y, x = cell // n * side, cell % n * side
        high = np.exp(rng.uniform(*np.log(tall))) if n == 1 else side * rng.uniform(0.5, 1.0)
        image[y:y + side, x:x + side], joints = _cell(rng, photos[rng.integers(len(photos))], side, high)
        people += list(joints + np.float32([x, y, 0]))
    return augment.colour(rng, image), np.array(people, np.float32).reshape(-1, N_JOINTS, 3)


def whole(photo, size):
    """A photograph brought to a longer side of `size`, on a canvas of that size: what is held out is looked at so."""
    h, w = photo.image.shape[:2]
    scale = size / max(h, w)
    picture = cv2.resize(photo.image, (round(w * scale), round(h * scale)), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    image = np.zeros((size, size, 3), np.uint8)
    image[:picture.shape[0], :picture.shape[1]] = picture
    joints = photo.joints[:, :N_JOINTS].copy()
    joints[:, :, :2] = (joints[:, :, :2] + 0.5) * scale - 0.5
    joints[:, :, 2] = joints[:, :, 2] > 0
    return image, joints[joints[:, :, 2].sum(1) >= 2]


def padded(joints, n):
    """A list of [P, 17, 3] as one array [B, n, 17, 3], empty people last."""
    together = np.zeros((len(joints), n, N_JOINTS, 3), np.float32)
    for place, people in zip(together, joints):
        place[:min(n, len(people))] = people[:n]
    return together
