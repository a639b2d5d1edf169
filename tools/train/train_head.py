"""Train the tag head of a network whose trunk stays as it is: the trunk is run once over the samples, the head sees what it kept.

    python3 train_head.py --trunk data/models/people/multipose.onnx --photos FOLDER [--photos FOLDER] --out data/models/people_tags.onnx [--minutes 20]

Photographs of a later folder that the first holds too are left out. Those where unlabelled people may stand fill cells of mosaics and no more.
What is written is a fragment: its inputs bear the names of the trunk's tensors (head.py), norms are folded, and OpenCV has shown it equal to torch.
"""
import argparse
import os
import time

import cv2
import numpy as np
import onnx
import torch

import head
import scenes
import sets
from trunk import Trunk, normalise

PEOPLE_MOST = 30
HELD_OUT_SIZE = 384
HELD_OUT_EVERY = 5    # few photographs: of a tenth of them nothing could be said
PUSH_WEIGHT = 0.5
WITHIN = 0.75         # half the distance at which the decoder tells tags apart
TOLERANCE = 1e-3      # of tags of some units


def photographs(folders, held_out):
    found = sets.read(folders[0], held_out, every=HELD_OUT_EVERY)
    if not held_out:
        for folder in folders[1:]:
            more = sets.read(folder, held_out)
            alone = [photo for photo in more if not photo.all_labelled]
            found += sets.without_copies([photo for photo in more if photo.all_labelled], folders[0]) + alone
    return found


def features(trunk, image):
    with torch.no_grad():
        values = trunk({"image": normalise(image[None])}, head.INPUTS)
    return [value.half() for value in values.values()]


def batch(kept, index):
    """(the head's inputs, joints) of the samples of those numbers."""
    values = [torch.cat(parts).float() for parts in zip(*(kept[i][0] for i in index))]
    joints = scenes.padded([kept[i][1] for i in index], max(1, min(PEOPLE_MOST, max(len(kept[i][1]) for i in index))))
    return values, torch.from_numpy(joints)


def separated(tags, seen):
    """Of one picture, tags [2, P, 17]: how many pairs of joints of one person lie within WITHIN, of how many; and of two people beyond it, of how many."""
    t, person = tags[:, seen], torch.nonzero(seen)[:, 0]
    distance = ((t[:, :, None] - t[:, None]) ** 2).mean(0).sqrt()
    pairs = torch.ones_like(distance).triu(1) > 0
    same, other = pairs & (person[:, None] == person), pairs & (person[:, None] != person)
    return np.array([int((same & (distance < WITHIN)).sum()), int(same.sum()), int((other & (distance > WITHIN)).sum()), int(other.sum())])


def judge(net, kept):
    """pull and push, and percent of pairs of one person that are near and of two people that are not, over what is held out."""
    losses, pairs = np.zeros(2), np.zeros(4)
    net.eval()
    with torch.no_grad():
        for i in range(len(kept)):
            values, joints = batch(kept, [i])
            tags = net.at_joints(values, joints)
            losses += [float(value) for value in head.tag_loss(tags, joints[..., 2])]
            pairs += separated(tags[0], joints[0, ..., 2] > 0)
    return (*losses / len(kept), 100 * pairs[0] / pairs[1], 100 * pairs[2] / max(pairs[3], 1))


def train(net, kept, held_out, seconds, rng, n=8, rate=2e-3):
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-2)
    start, order, sums, steps, shown = time.time(), [], [], 0, 0
    part = 0.0
    while part < 1:
        part = min((time.time() - start) / seconds, 1)
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (steps + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * part)) + 1e-6
        if len(order) < n:
            order = list(rng.permutation(len(kept)))
        values, joints = batch(kept, [order.pop() for _ in range(n)])
        joints[..., :2] += torch.from_numpy(rng.uniform(-head.STRIDE, head.STRIDE, joints[..., :2].shape).astype(np.float32))  # as peaks lie
        net.train()
        pull, push = head.tag_loss(net.at_joints(values, joints), joints[..., 2])
        optimizer.zero_grad()
        (pull + PUSH_WEIGHT * push).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimizer.step()
        sums.append([float(pull), float(push)])
        steps += 1
        if part >= (shown + 1) / 20:
            print("%d samples, %d s: pull %.3f push %.3f; held out: pull %.3f push %.3f, %.1f %% of one person near, %.1f %% of two apart"
                  % (steps * n, time.time() - start, *np.mean(sums, 0), *judge(net, held_out)), flush=True)
            sums, shown = [], shown + 1


def constants_stored(path):
    """Torch writes constants as nodes; a fragment that is appended to a trunk has them beside its weights."""
    model = onnx.load(path)
    for node in [node for node in model.graph.node if node.op_type == "Constant"]:
        node.attribute[0].t.name = node.output[0]
        model.graph.initializer.append(node.attribute[0].t)
        model.graph.node.remove(node)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def export(net, example, path):
    """Write the fragment; keep it only where OpenCV computes from it what torch does."""
    net.eval()
    part = path + ".part"
    axes = {name: {2: f"h{stride}", 3: f"w{stride}"} for name, (_, stride) in head.INPUTS.items()}
    torch.onnx.export(net, tuple(example), part, opset_version=11, input_names=list(head.INPUTS), output_names=["tags"],
                      dynamic_axes={**axes, "tags": {2: "h4", 3: "w4"}})
    constants_stored(part)
    reader = cv2.dnn.readNetFromONNX(part)
    for name, value in zip(head.INPUTS, example):
        reader.setInput(value.numpy(), name)
    with torch.no_grad():
        off = float(np.abs(reader.forward("tags") - net(*example).numpy()).max())
    if not off < TOLERANCE:
        raise SystemExit(f"{path}: not kept: OpenCV differs from torch by {off}")
    os.replace(part, path)
    print(f"{path}: {os.path.getsize(path)} bytes, {sum(p.numel() for p in net.parameters())} parameters, OpenCV differs from torch by {off:.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trunk", required=True)
    parser.add_argument("--photos", required=True, action="append", help="folder with annotations.json and images")
    parser.add_argument("--out", required=True)
    parser.add_argument("--samples", type=int, default=2500, help="kept in memory, some 1.4 MB each")
    parser.add_argument("--minutes", type=float, default=20, help="of training, after the samples are made")
    parser.add_argument("--size", type=int, default=320, help="pixels of a sample; a multiple of 32")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    trunk = Trunk(args.trunk).eval()
    photos, aside = photographs(args.photos, held_out=False), photographs(args.photos, held_out=True)
    groups = [group for group in ([p for p in photos if p.all_labelled], [p for p in photos if not p.all_labelled]) if group]
    if not groups or not aside:
        raise SystemExit(f"{args.photos[0]}: no photographs of labelled people to train on and to hold out")
    print(f"{', '.join(str(len(group)) for group in groups)} photographs to train on, {len(aside)} held out", flush=True)

    def keep(image, joints):
        return features(trunk, image), joints
    held_out = [keep(*scenes.whole(photo, HELD_OUT_SIZE)) for photo in aside]
    kept = [keep(*scenes.sample(rng, groups, args.size)) for _ in range(args.samples)]
    print(f"{len(kept)} samples, {sum(len(joints) for _, joints in kept)} people", flush=True)
    net = head.Head()
    train(net, [sample for sample in kept if len(sample[1])], [sample for sample in held_out if len(sample[1])], 60 * args.minutes, rng)
    export(net, [value.float() for value in held_out[0][0]], args.out)


if __name__ == "__main__":
    main()
