"""Training samples: one to four photographs warped into the cells of a mosaic, coloured, blurred, occluded, with masks.

A sample is image uint8 [S, S, 3] BGR, joints float32 [P, K, 3] (x, y in pixels, centre of a pixel at its integer; 1 where labelled), and mask
uint8 [K, S/4, S/4]: the weight of the heat loss, 0 to 255.
"""
import cv2
import numpy as np

from sets import FLIP, JOINTS

PEOPLE_MAX = 8
AWAY_FROM_LABELS = 100  # weight (of 255) where unlabelled people may stand


def _affine(rng, photo, person, cell):
    """A_cell_photo: a person to a random size, turn and place in a cell of w x h pixels, perhaps mirrored."""
    x0, y0, x1, y1 = photo.boxes[person]
    w, h = cell
    extent = max((x1 - x0) / w, (y1 - y0) / h, 12 / w)
    scale = rng.uniform(0.7, 1.0) / extent
    how = rng.random()  # any way up: athletes are
    angle = 0.0 if how < 0.4 else rng.normal(0, 15) * np.pi / 180 if how < 0.7 else rng.uniform(-np.pi, np.pi)
    flip = rng.random() < 0.5
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    A = np.array([[-c if flip else c, -s], [-s if flip else s, c]])
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    target = np.array([w / 2, h / 2]) + rng.normal(0, 0.07, 2) * cell
    return np.column_stack([A, target - A @ middle]), flip


def _cell_mask(photo, joints, labelled, cell, warped_joints):
    """[K, h/4, w/4]: full near labelled people, little where bystanders may be, nothing for joints the person has no label of."""
    w, h = cell[0] // 4, cell[1] // 4
    mask = np.full((len(JOINTS), h, w), 255 if photo.all_labelled else AWAY_FROM_LABELS, np.uint8)
    for p in range(len(joints)):
        seen = warped_joints[p][labelled[p]]
        if not len(seen):
            continue
        lo, hi = seen.min(0), seen.max(0)
        pad = 0.2 * (hi - lo).max() + 6
        x0, y0 = np.clip(((lo - pad) / 4).astype(int), 0, [w, h])
        x1, y1 = np.clip(((hi + pad) / 4).astype(int) + 1, 0, [w, h])
        mask[:, y0:y1, x0:x1] = 255
        mask[~labelled[p], y0:y1, x0:x1] = 0
    if photo.set == "lspet":  # faces are labelled in none of them
        mask[:5] = 0
    return mask


def _cell(rng, photos, cell):
    photo = photos[rng.integers(len(photos))]
    person = rng.integers(len(photo.joints))
    A, flip = _affine(rng, photo, person, cell)
    # Never a mirrored border: people reflected in it would be people without labels.
    image = cv2.warpAffine(photo.image, A, cell, flags=cv2.INTER_LINEAR if rng.random() < 0.8 else cv2.INTER_AREA,
                           borderMode=cv2.BORDER_CONSTANT if rng.random() < 0.6 else cv2.BORDER_REPLICATE,
                           borderValue=[int(v) for v in rng.integers(0, 256, 3)])
    joints = photo.joints[:, FLIP] if flip else photo.joints
    warped = joints[:, :, :2] @ A[:, :2].T + A[:, 2]
    labelled = joints[:, :, 2] > 0
    mask = _cell_mask(photo, joints, labelled, cell, warped)
    inside = (warped > -0.5).all(2) & (warped < np.array(cell) - 0.5).all(2)
    return image, np.dstack([warped, labelled & inside]).astype(np.float32), mask


def colour(rng, image):
    """Brightness, contrast, casts, grey, noise, blur, compression."""
    x = image.astype(np.float32)
    if rng.random() < 0.8:
        x = x * rng.uniform(0.7, 1.3) + rng.uniform(-25, 25)
        x *= rng.uniform(0.85, 1.15, 3).astype(np.float32)
    if rng.random() < 0.12:
        x = np.repeat(x.mean(2, keepdims=True), 3, 2)
    if rng.random() < 0.2:
        x += rng.normal(0, rng.uniform(2, 10), x.shape).astype(np.float32)
    x = np.clip(x, 0, 255).astype(np.uint8)
    if rng.random() < 0.12:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 1.1))
    if rng.random() < 0.15:
        x = cv2.imdecode(cv2.imencode(".jpg", x, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 70))])[1], cv2.IMREAD_COLOR)
    return x


def occlude(rng, image):
    """A rectangle of one colour or of noise over a part: joints stay labelled, as hidden ones are."""
    size = image.shape[0]
    for _ in range(int(rng.integers(1, 3))):
        w, h = (rng.uniform(0.06, 0.22, 2) * size).astype(int) + 1
        x, y = rng.integers(0, size - w), rng.integers(0, size - h)
        image[y:y + h, x:x + w] = rng.integers(0, 256, 3) if rng.random() < 0.7 else rng.integers(0, 256, (h, w, 3))


def sample(rng, photos, size):
    """One sample of size x size pixels."""
    layout = rng.choice([1, 2, 3, 4], p=[0.94, 0.02, 0.02, 0.02])
    columns, rows = {1: (1, 1), 2: (2, 1), 3: (1, 2), 4: (2, 2)}[layout]
    cell = (size // columns, size // rows)
    image = np.zeros((size, size, 3), np.uint8)
    mask = np.zeros((len(JOINTS), size // 4, size // 4), np.uint8)
    people = []
    for i in range(columns * rows):
        x, y = i % columns * cell[0], i // columns * cell[1]
        part, joints, weight = _cell(rng, photos, cell)
        image[y:y + cell[1], x:x + cell[0]] = part
        mask[:, y // 4:(y + cell[1]) // 4, x // 4:(x + cell[0]) // 4] = weight
        joints[:, :, 0] += x
        joints[:, :, 1] += y
        people += [person for person in joints if person[:, 2].any()]
    image = colour(rng, image)
    if rng.random() < 0.15:
        occlude(rng, image)
    joints = np.zeros((PEOPLE_MAX, len(JOINTS), 3), np.float32)
    for p, person in enumerate(people[:PEOPLE_MAX]):
        joints[p] = person
    return image, joints, mask


def batch(rng, photos, size, n, renders=None, mix=0.0):
    """n samples, each a render with chance `mix`."""
    parts = [renders.sample(rng) if rng.random() < mix else sample(rng, photos, size) for _ in range(n)]
    return tuple(np.stack([part[i] for part in parts]) for i in range(3))
