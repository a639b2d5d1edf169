"""Write a trained network as ONNX that both OpenCV 4.6 and ONNX Runtime read rightly: opset 11, static shapes, batch norm folded into the
convolutions, two named outputs, no peak search inside. The file is checked against torch through OpenCV before it is kept.

    python3 export.py FOLDER/last.pt model.onnx [--size 256]
"""
import argparse
import hashlib
import os

import cv2
import numpy as np
import torch

import sets
from net import Net

TOLERANCE = 1e-3  # of outputs of about 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("onnx")
    parser.add_argument("--size", type=int, default=256, help="nominal input side; the network itself takes any multiple of 32")
    args = parser.parse_args()
    net = Net(len(sets.JOINTS))
    net.load_state_dict(torch.load(args.checkpoint, map_location="cpu")["net"])
    net.eval()
    x = torch.from_numpy(np.random.default_rng(1).normal(0, 1, (1, 3, args.size, args.size)).astype(np.float32))
    part = args.onnx + ".part"
    torch.onnx.export(net, x, part, opset_version=11, input_names=["image"], output_names=["heatmaps", "tags"])
    reader = cv2.dnn.readNetFromONNX(part)
    for size in (args.size, args.size // 2):  # the second: another size than it was exported with
        reader.setInput(x.numpy()[:, :, :size, :size])
        with torch.no_grad():
            expected = [y.numpy() for y in net(x[:, :, :size, :size])]
        for name, want in zip(("heatmaps", "tags"), expected):
            off = float(np.abs(reader.forward(name) - want).max())
            print(f"{name} at {size}x{size}: OpenCV differs from torch by {off:.2e}")
            if not off < TOLERANCE:
                raise SystemExit(f"{args.onnx}: not kept: {name} differ by {off}")
    os.replace(part, args.onnx)
    with open(args.onnx, "rb") as stream:
        print(f"{args.onnx}: {os.path.getsize(args.onnx)} bytes, sha256 {hashlib.sha256(stream.read()).hexdigest()}")


if __name__ == "__main__":
    main()
