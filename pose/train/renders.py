"""Training samples from the renderer: rig_render's stream of made-up people, in the form of augment's samples.

Every joint inside the picture is labelled, hidden ones too, and nobody is unlabelled: the mask is full.
"""
import struct
import subprocess

import numpy as np

import augment
from sets import JOINTS, Photo

HEAD = struct.Struct("=4sii")


class Renders:
    """An endless stream of pictures from a program; one seed gives the same ones again."""

    def __init__(self, program, size, seed, photos=None):
        command = [program, "--size", str(size), "--seed", str(seed)] + (["--photos", photos] if photos else [])
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.size = size

    def _read(self, n):
        data = self.process.stdout.read(n)
        if len(data) != n:
            raise SystemExit(f"{self.process.args[0]} ended with exit code {self.process.wait()}")
        return data

    def raw(self):
        """The next picture uint8 [S, S, 3] and its people [P, 19, 3]: x, y and 0 outside, 1 hidden, 2 seen."""
        magic, size, n = HEAD.unpack(self._read(HEAD.size))
        if magic != b"RIGS" or size != self.size:
            raise SystemExit(f"{self.process.args[0]}: not the stream that was expected")
        image = np.frombuffer(self._read(3 * size * size), np.uint8).reshape(size, size, 3).copy()
        people = np.frombuffer(self._read(4 * 3 * n * len(JOINTS)), np.float32).reshape(n, len(JOINTS), 3)
        return image, people

    def sample(self, rng):
        """One sample as augment.sample gives it, its people from the largest on."""
        image, people = self.raw()
        joints = np.zeros((augment.PEOPLE_MAX, len(JOINTS), 3), np.float32)
        for p, person in enumerate(sorted(people, key=_extent, reverse=True)[:augment.PEOPLE_MAX]):
            joints[p] = person
        joints[:, :, 2] = joints[:, :, 2] > 0
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


def _extent(person):
    inside = person[person[:, 2] > 0, :2]
    return (inside.max(0) - inside.min(0)).max()
