"""Fine-tune a whole network of the MoveNet kind, trunk and heads, on a lab's own labelled footage, without losing what it knows.

    python3 finetune.py --network data/models/people/multipose.onnx --photos FOLDER --out mine.onnx [--minutes 10]

The network as it was is the teacher: where nothing is labelled the new one is to say what the teacher said. Its norms are folded into the weights, whose
sizes so differ by ten thousand from tensor to tensor: Adam's steps are a share of each tensor's own size. One step for all, 1e-5, changed the smallest by a
fiftieth at a time and spoiled the network within ten of them. What is written has the inputs, outputs and names of what was read.
"""
import argparse
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import head
import scenes
import sets
from loss import cells
from train_head import HELD_OUT_SIZE, PEOPLE_MOST
from trunk import Trunk, normalise

SIZES = range(256, 513, 32)
OKS_SIGMAS = torch.tensor([0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089])
WIDTH, WIDTH_OF_SIZE = 0.7, 0.25  # sigma of a peak, cells: so MoveNet's own peaks are, measured on 100 photographs
LEAN = 0.3                        # cells its regression says too much, from cell centre to cell centre; measured there too
FOUND = 0.3                       # a centre of the teacher's that stands for a labelled person
WEIGHTS = {"heatmaps": 1.0, "centres": 1.0, "regression": 1e-4, "tags": 1e-4, "tags kept": 1e-3}


def gaussians(at, sigma, height, width):
    """Of places [..., 2] in cells and widths [...]: [..., height, width]."""
    x, y = torch.arange(width, dtype=torch.float32), torch.arange(height, dtype=torch.float32)
    gx = torch.exp(-(x - at[..., 0:1]) ** 2 / (2 * sigma.unsqueeze(-1) ** 2))
    gy = torch.exp(-(y - at[..., 1:2]) ** 2 / (2 * sigma.unsqueeze(-1) ** 2))
    return gy.unsqueeze(-1) * gx.unsqueeze(-2)


class People:
    """Labelled people of a batch: joints [B, P, 17, 3] in pixels."""

    def __init__(self, joints):
        self.joints, self.at, self.seen = joints, cells(joints), joints[..., 2]
        far = (1 - self.seen).unsqueeze(-1) * 1e6
        low, high = (self.at + far).amin(2), (self.at - far).amax(2)
        self.there = (self.seen.sum(2) > 0).float()
        self.size = ((high - low).amax(2) * self.there).clamp(min=2)
        self.middle = (low + high) / 2 * self.there.unsqueeze(-1)
        self.low, self.high = low - 0.15 * self.size.unsqueeze(-1) - 2, high + 0.15 * self.size.unsqueeze(-1) + 2

    def boxes(self, height, width):
        """[B, P, height, width]: 1 where the person is, with some room."""
        x, y = torch.arange(width), torch.arange(height)
        across = (x >= self.low[..., 0:1]) & (x <= self.high[..., 0:1])
        along = (y >= self.low[..., 1:2]) & (y <= self.high[..., 1:2])
        return (along.unsqueeze(-1) & across.unsqueeze(-2)).float() * self.there[..., None, None]


def heat_target(people, teacher):
    """Peaks at the labelled joints, and the mask of where that is known: in the boxes of people of whom this joint is labelled, and of no other."""
    height, width = teacher.shape[2:]
    sigma = WIDTH + WIDTH_OF_SIZE * OKS_SIGMAS * people.size.unsqueeze(2)
    peaks = (gaussians(people.at, sigma, height, width) * people.seen[..., None, None]).amax(1)
    boxes = people.boxes(height, width).unsqueeze(2)
    known = (boxes * people.seen[..., None, None]).amax(1) * (1 - (boxes * (1 - people.seen[..., None, None])).amax(1))
    return known * peaks + (1 - known) * teacher, known


def centre_places(people, centres):
    """[B, P, 2]: the cells of people's centres, where the teacher has them near the box's middle; and whether it has."""
    height, width = centres.shape[2:]
    near = gaussians(people.middle, people.size / 6, height, width) * centres
    best, index = near.flatten(2).max(2)
    index = index * (best > FOUND)
    place = torch.stack((index % width, torch.div(index, width, rounding_mode="floor")), 2).float()
    found = (best > FOUND).float().unsqueeze(2)
    edge = torch.tensor([width - 1.0, height - 1.0])
    middle = people.middle.round().clamp(min=0)
    return found * place + (1 - found) * torch.minimum(middle, edge), found.squeeze(2)


def regression_error(people, place, regression):
    """Mean distance, in cells, between labelled joints and where the person's centre says they are; large people's counts as size 20 does."""
    b, p, k = people.seen.shape
    width = regression.shape[3]
    index = (place[..., 1] * width + place[..., 0]).long().unsqueeze(1).expand(b, 2 * k, p)
    said = regression.flatten(2).gather(2, index).reshape(b, k, 2, p).permute(0, 3, 1, 2).flip(3)  # y, x -> x, y
    off = said + place.unsqueeze(2) - people.at - LEAN
    distance = (off ** 2).sum(3).add(1e-6).sqrt() * (20 / people.size.clamp(min=20)).unsqueeze(2)
    return (distance * people.seen).sum() / people.seen.sum().clamp(min=1)


def losses(new, teacher, joints):
    """What is to become small, by name; and what tells how near the labels it is, by name."""
    people = People(joints)
    target, known = heat_target(people, teacher["heatmaps"])
    off = (new["heatmaps"] - target) ** 2
    parts = {"heatmaps": off.mean()}
    told = {"heatmaps": (off * known).sum() / known.sum().clamp(min=1)}
    if "centres" in new:
        place, found = centre_places(people, teacher["centres"])
        missed = gaussians(place, torch.full_like(people.size, 1.0).max(people.size / 25), *target.shape[2:])
        missed = (missed * (people.there * (1 - found))[..., None, None]).amax(1, keepdim=True)
        parts["centres"] = ((new["centres"] - teacher["centres"].max(missed)) ** 2).mean()
        told["centres found"] = (people.there * found).sum() / people.there.sum().clamp(min=1)
        told["regression"] = regression_error(people, place, new["regression"])
        kept = (F.smooth_l1_loss(new["regression"], teacher["regression"], reduction="none").mean(1, keepdim=True) * teacher["centres"]).sum()
        parts["regression"] = told["regression"] + kept / teacher["centres"].sum()
    if "tags" in new:
        told["pull"], told["push"] = head.tag_loss(head.read(new["tags"], joints), people.seen)
        parts["tags"] = told["pull"] + 0.5 * told["push"]
        heat = torch.cat((teacher["heatmaps"],) * 2, 1) * torch.cat((1 - known,) * 2, 1)
        parts["tags kept"] = ((new["tags"] - teacher["tags"]) ** 2 * heat).mean()
    return parts, told


def run(network, teacher, samples):
    """losses() of a few samples (image, joints) of one size."""
    x = {"image": normalise(np.stack([image for image, _ in samples]))}
    joints = [people for _, people in samples]
    joints = torch.from_numpy(scenes.padded(joints, max(1, min(PEOPLE_MOST, max(map(len, joints))))))
    with torch.no_grad():
        said = teacher(x)
    return losses(network(x), said, joints)


def judge(network, teacher, held_out):
    told = {}
    with torch.no_grad():
        for sample in held_out:
            for name, value in run(network, teacher, [sample])[1].items():
                told[name] = told.get(name, 0) + float(value) / len(held_out)
    return ", ".join(f"{name} {value:.5f}" for name, value in told.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", required=True, help="ONNX with outputs heatmaps, and centres and regression, or tags")
    parser.add_argument("--photos", required=True, help="folder with annotations.json and images")
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=3e-5, help="most of a step, as a share of a tensor's root mean square")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(1)
    rng = np.random.default_rng(args.seed)
    photos = sets.read(args.photos, held_out=False)
    if not photos:
        raise SystemExit(f"{args.photos}: no photograph of labelled people to train on")
    held_out = [scenes.whole(photo, HELD_OUT_SIZE) for photo in sets.read(args.photos, held_out=True)]
    network, teacher = Trunk(args.network), Trunk(args.network)
    optimizer = torch.optim.Adam([{"params": [weight], "size": float(weight.detach().square().mean().sqrt())} for weight in network.parameters()])
    print(f"{len(photos)} photographs, {len(held_out)} held out. Before: {judge(network, teacher, held_out)}", flush=True)
    start, n_seen, sums, part = time.time(), 0, {}, 0.0
    while part < 1:
        part = min((time.time() - start) / (60 * args.minutes), 1)
        for group in optimizer.param_groups:
            group["lr"] = args.rate * group["size"] * min(1, 10 * part + 1e-3) * (0.5 + 0.5 * np.cos(np.pi * part))
        size = int(rng.choice(SIZES))
        samples = [scenes.sample(rng, [photos], size, (40, 0.75 * size)) for _ in range(args.batch)]
        parts = run(network, teacher, samples)[0]
        optimizer.zero_grad()
        sum(WEIGHTS[name] * value for name, value in parts.items()).backward()
        optimizer.step()
        n_seen += len(samples)
        sums = {name: sums.get(name, 0) + float(value) * args.batch for name, value in parts.items()}
    print(f"{n_seen} samples: " + ", ".join(f"{name} {value / n_seen:.6f}" for name, value in sums.items()))
    print(f"After: {judge(network, teacher, held_out)}")
    network.save(args.out)


if __name__ == "__main__":
    main()
