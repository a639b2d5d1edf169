"""Training samples from the renderer: rig_render's stream of made-up people, in the form of augment's samples.

Every joint inside the picture is labelled, hidden ones too, and nobody is unlabelled: the mask is full. A picture costs about as much as a
training step, so each is used REUSE times, each time another part of it at another scale, turned, mirrored, coloured anew.
"""
import struct
import subprocess

import cv2
import numpy as np

import augment
from sets import FLIP, JOINTS, Photo

HEAD = struct.Struct("=4sii")
SIDE = 256          # pixels of a render
POOL, REUSE = 1500, 5


class Renders:
    """An endless stream of pictures from a program; one seed gives the same ones again."""

    def __init__(self, program, size, seed, people, takes):
        command = [program, "--size", str(SIDE), "--seed", str(seed), "--people", str(people), "--takes", str(takes)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.size = size  # of a sample
        self.pool = []

    def _read(self, n):
        data = self.process.stdout.read(n)
        if len(data) != n:
            raise SystemExit(f"{self.process.args[0]} ended with exit code {self.process.wait()}")
        return data

    def raw(self):
        """The next picture uint8 [SIDE, SIDE, 3] and its people [P, 19, 3]: x, y and 0 outside, 1 hidden, 2 seen."""
        magic, size, n = HEAD.unpack(self._read(HEAD.size))
        if magic != b"RIGS" or size != SIDE:
            raise SystemExit(f"{self.process.args[0]}: not the stream that was expected")
        image = np.frombuffer(self._read(3 * size * size), np.uint8).reshape(size, size, 3).copy()
        people = np.frombuffer(self._read(4 * 3 * n * len(JOINTS)), np.float32).reshape(n, len(JOINTS), 3)
        return image, people

    def _pooled(self, rng):
        """A picture of the pool, where a new one takes an old one's place once in REUSE times."""
        if len(self.pool) < POOL:
            self.pool.append(self.raw())
            return self.pool[-1] if len(self.pool) < 32 else self.pool[rng.integers(len(self.pool))]
        slot = rng.integers(POOL)
        if rng.random() < 1 / REUSE:
            self.pool[slot] = self.raw()
        return self.pool[slot]

    def sample(self, rng):
        """One sample as augment.sample gives it, its people from the largest on."""
        image, people = self._pooled(rng)
        A, flip = _part(rng, people, self.size)
        image = cv2.warpAffine(image, A, (self.size, self.size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
                               borderValue=[int(v) for v in rng.integers(0, 256, 3)])
        if flip:
            people = people[:, FLIP]
        xy = people[:, :, :2] @ A[:, :2].T + A[:, 2]
        inside = (xy > -0.5).all(2) & (xy < self.size - 0.5).all(2)
        people = np.dstack([xy, (people[:, :, 2] > 0) & inside]).astype(np.float32)
        people = sorted((person for person in people if person[:, 2].any()), key=_extent, reverse=True)
        joints = np.zeros((augment.PEOPLE_MAX, len(JOINTS), 3), np.float32)
        for p, person in enumerate(people[:augment.PEOPLE_MAX]):
            joints[p] = person
        image = augment.colour(rng, image)
        if rng.random() < 0.15:
            augment.occlude(rng, image)
        return image, joints, np.full((len(JOINTS), self.size // 4, self.size // 4), 255, np.uint8)

    def single_people(self, n):
        """The next n pictures of one person whose torso shows, as photographs to evaluate on."""
        photos = []
        while len(photos) < n:
            image, people = self.raw()
            if len(people) == 1 and (people[0, [5, 6, 11, 12], 2] > 0).all():
                joints = people.copy()
                joints[:, :, 2] = joints[:, :, 2] > 0
                photos.append(Photo("render", "render", True, image, joints, None))
        return photos

    def close(self):
        self.process.kill()
        self.process.wait()


def _part(rng, people, size):
    """A_sample_render: a part around somebody, of 0.4 to 0.9 of its side, perhaps turned or mirrored."""
    side = SIDE * rng.uniform(0.4, 0.9)
    low, high = side / 2, SIDE - side / 2
    middle = np.array([SIDE / 2, SIDE / 2])
    if len(people):
        person = people[rng.integers(len(people))]
        middle = person[person[:, 2] > 0, :2].mean(0) + rng.normal(0, 0.15, 2) * side
    middle = np.clip(middle, low, high) - 0.5
    angle = np.clip(rng.normal(0, 10), -30, 30) * np.pi / 180 if rng.random() < 0.4 else 0.0
    flip = rng.random() < 0.5
    c, s = size / side * np.cos(angle), size / side * np.sin(angle)
    A = np.array([[-c if flip else c, -s], [-s if flip else s, c]])
    return np.column_stack([A, (size - 1) / 2 - A @ middle]), flip


def _extent(person):
    inside = person[person[:, 2] > 0, :2]
    return (inside.max(0) - inside.min(0)).max()
