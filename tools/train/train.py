"""Train a keypoint network: photographs, renders, or both.

    python3 train.py [--photos FOLDER] [--renders PROGRAM] --out FOLDER [--minutes 60] [--size 128] [--resume FOLDER/last.pt]

Writes last.pt (to resume from, and for export.py) and log.csv. Steps count samples, so a schedule in minutes is a cosine over the time given:
the same recipe runs for an hour of one CPU core or ten minutes of a large GPU. Samples come from other processes.
"""
import argparse
import csv
import multiprocessing
import os
import time

import numpy as np
import torch

import augment
import evaluate
import loss
import sets
import weights
from net import Net, normalise
from renders import Renders


def _feed(queue, photos, args, worker):
    import cv2
    cv2.setNumThreads(1)
    rng = np.random.default_rng((args.seed, worker))
    stream = Renders(args.renders, args.size, 1000 * args.seed + worker, args.people, args.takes) if args.mix else None
    while True:
        queue.put(augment.batch(rng, photos, args.size, args.batch, stream, args.mix))


def start_feeds(photos, args):
    queue = multiprocessing.Queue(8)
    for worker in range(args.workers):
        multiprocessing.Process(target=_feed, args=(queue, photos, args, worker), daemon=True).start()
    return queue


def step(net, optimizer, parts, device, peaks):
    images, joints, mask = (torch.from_numpy(part).to(device) for part in parts)
    with torch.autocast(device.type, dtype=torch.bfloat16):
        heat, tags, first, turn, side = (part.float().cpu() for part in net(normalise(images)))
    joints = joints[:, :max(1, int((joints[..., 2].amax(2) > 0).sum(1).max()))].cpu()  # people come first, the rest is empty
    mask = mask.cpu().float() / 255
    target = loss.targets(joints, *heat.shape[2:])
    at_heat, at_first = (loss.heat_loss(maps, target, mask, peaks) for maps in (heat, first))
    pull, push = loss.tag_loss(tags, joints)
    turned, sided = loss.turn_loss(turn, joints), loss.side_loss(side, joints)
    optimizer.zero_grad(set_to_none=True)
    whole = at_heat + loss.FIRST_WEIGHT * at_first + loss.TAG_WEIGHT * (pull + push) + loss.TURN_WEIGHT * turned + loss.SIDE_WEIGHT * sided
    whole.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    return float(at_heat), float(pull), float(push), float(turned), float(sided)


class Average:
    """The weights' moving average: what is evaluated and exported."""

    def __init__(self, net, decay=0.998):
        self.net, self.decay = Net(len(sets.JOINTS)), decay
        self.net.load_state_dict(net.state_dict())
        self.net.eval()

    def update(self, net):
        with torch.no_grad():
            for mine, new in zip(self.net.state_dict().values(), net.state_dict().values()):
                if mine.dtype.is_floating_point:
                    mine.lerp_(new.cpu(), 1 - self.decay)
                else:
                    mine.copy_(new)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", help="folder with annotations.json and images")
    parser.add_argument("--renders", help="the program rig_render")
    parser.add_argument("--mix", type=float, default=0.5, help="share of renders where both are given; 1: renders alone")
    parser.add_argument("--people", type=int, default=4, help="most people in a render")
    parser.add_argument("--takes", type=int, default=50, help="how many of 100 renders are views of made-up sessions")
    parser.add_argument("--peaks", type=float, default=0, help="how much more errors weigh at peaks: joints sooner, and more of them on clutter")
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--size", type=int, default=128, help="pixels of a sample; a multiple of 32")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", help="last.pt, or a network that export.py wrote")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if not args.photos and not args.renders:
        parser.error("nothing to train on: give --photos, --renders or both")
    args.mix = 0.0 if not args.renders else 1.0 if not args.photos else args.mix
    return args


def read_sets(args):
    """The photographs to train on, those of COCO three times as they are few, and the ones to evaluate on."""
    if args.mix == 1:
        stream = Renders(args.renders, args.size, 1000 * args.seed + 999, 1, args.takes)
        held_out = stream.single_people(300)
        stream.close()
        return [], held_out
    photos = sets.read(args.photos, held_out=False)
    return photos + 2 * [photo for photo in photos if photo.set == "coco"], sets.read(args.photos, held_out=True, limit=300)


def resume(net, path, images):
    """Weights from last.pt or from an exported network. Returns how many samples they have seen, where the file knows."""
    if path.endswith(".onnx"):
        weights.load(net, path, normalise(torch.from_numpy(images)))
        return 0
    state = torch.load(path, map_location="cpu")
    net.load_state_dict(state["net"], strict=False)  # what only training has may be new
    return state["samples"]


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    os.makedirs(args.out, exist_ok=True)
    photos, held_out = read_sets(args)
    queue = start_feeds(photos, args)

    net = Net(len(sets.JOINTS))
    samples = 0
    if args.resume:
        samples = resume(net, args.resume, queue.get()[0])
    average = Average(net)
    net = net.to(device, memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=args.rate, weight_decay=1e-3)
    start, shown, first, sums, n = time.time(), time.time(), samples, np.zeros(5), 0
    with open(os.path.join(args.out, "log.csv"), "a", newline="", encoding="utf-8") as log_file:
        log = csv.writer(log_file)
        if not log_file.tell():
            log.writerow(("samples", "seconds", "heat", "pull", "push", "turn", "side", "pck"))
        while True:
            part = min((time.time() - start) / (60 * args.minutes), 1)
            warm = min(1, (samples - first + 1) / (200 * args.batch))
            for group in optimizer.param_groups:
                group["lr"] = args.rate * max(0.5 * (1 + np.cos(np.pi * part)), 0.002) * warm
            sums += step(net, optimizer, queue.get(), device, args.peaks)
            average.update(net)
            n += 1
            samples += args.batch
            if time.time() - shown > 120 or part >= 1:
                pck = evaluate.pck(average.net, held_out, args.size)
                row = [samples, round(time.time() - start), *np.round(sums / n, 5), round(pck, 2)]
                log.writerow(row)
                log_file.flush()
                print("samples %d, %d s: heat %.5f pull %.4f push %.4f turn %.3f side %.3f, PCK@0.2 %.1f %%" % tuple(row), flush=True)
                torch.save({"net": average.net.state_dict(), "samples": samples}, os.path.join(args.out, "last.pt"))
                shown, sums, n = time.time(), np.zeros(5), 0
            if part >= 1:
                break


if __name__ == "__main__":
    main()
