"""The associative-embedding loss (Newell, Huang, Deng 2017), vectorised over a batch.

Heat: mean of mask (1 + w G) (H - G)^2, w the weight of peaks, G the maximum over people of a Gaussian about the exact (sub-cell) joint.
Tags: pull = mean over people of mean_k |h_k - m|^2; push = 0.5 / (N (N - 1)) * sum over ordered pairs exp(-|m - m'|^2); 0 where N = 1.
Only training has (net.py), besides the heat of the first look:
Turn: mean over people's joints of |t - v|^2, v from the right shoulder to the left one, in torso lengths.
Side: mean over places along the bones of arms and legs of (s - 1)^2 on the left, (s + 1)^2 on the right.
"""
import torch

from net import STRIDE

SIGMA = 1.4           # cells
FIRST_WEIGHT, TAG_WEIGHT, TURN_WEIGHT, SIDE_WEIGHT = 0.5, 0.01, 0.01, 0.01  # of the heat loss
LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_HIP, RIGHT_HIP = 5, 6, 11, 12
LEFT, RIGHT = (((5, 7), (7, 9)), ((11, 13), (13, 15))), (((6, 8), (8, 10)), ((12, 14), (14, 16)))  # the bones of an arm, of a leg
ALONG = (0.0, 0.25, 0.5, 0.75, 1.0)  # of a bone


def cells(joints):
    """Pixel positions (centre of a pixel at its integer) to cells (centre of a cell at its integer)."""
    return (joints[..., :2] + 0.5) / STRIDE - 0.5


def targets(joints, height, width):
    """joints [B, P, K, 3] in pixels -> G [B, K, height, width]."""
    at = cells(joints)
    x = torch.arange(width, dtype=torch.float32)
    y = torch.arange(height, dtype=torch.float32)
    gx = torch.exp(-(x - at[..., 0:1]) ** 2 / (2 * SIGMA ** 2))
    gy = torch.exp(-(y - at[..., 1:2]) ** 2 / (2 * SIGMA ** 2)) * joints[..., 2:3]
    return (gy.unsqueeze(-1) * gx.unsqueeze(-2)).amax(1)


def heat_loss(heat, target, mask, peaks):
    return (mask * (1 + peaks * target) * (heat - target) ** 2).mean()


def _cell_index(joints, height, width):
    """The cells of places [B, P, N, 2 or more], row after row: [B, P, N]."""
    at = cells(joints).round().long()
    return at[..., 1].clamp(0, height - 1) * width + at[..., 0].clamp(0, width - 1)


def turn_loss(turn, joints):
    """turn [B, 2, H, W], read at all joints of the people whose shoulders and hips are labelled."""
    b, p, k, _ = joints.shape
    index = _cell_index(joints, *turn.shape[2:]).reshape(b, 1, p * k).expand(b, 2, p * k)
    found = turn.reshape(b, 2, -1).gather(2, index).reshape(b, 2, p, k)
    q = joints[..., :2]
    whole = joints[:, :, [LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_HIP, RIGHT_HIP], 2].amin(2)
    across = q[:, :, LEFT_SHOULDER] - q[:, :, RIGHT_SHOULDER]
    torso = q[:, :, LEFT_SHOULDER] + q[:, :, RIGHT_SHOULDER] - q[:, :, LEFT_HIP] - q[:, :, RIGHT_HIP]
    v = across / (torso.norm(dim=2, keepdim=True) / 2).clamp(min=4)
    off = ((found - v.clamp(-2, 2).permute(0, 2, 1).unsqueeze(3)) ** 2).sum(1)
    seen = joints[..., 2] * whole.unsqueeze(2)
    return (off * seen).sum() / seen.sum().clamp(min=1)


def side_loss(side, joints):
    """side [B, 2, H, W], of arms and of legs, read along the bones whose ends are labelled."""
    b, _, height, width = side.shape
    part = torch.tensor(ALONG).unsqueeze(1)
    off, seen = 0.0, 0.0
    for sign, limbs in ((1.0, LEFT), (-1.0, RIGHT)):
        for channel, bones in enumerate(limbs):
            for a, z in bones:
                there = (joints[:, :, a, 2] * joints[:, :, z, 2]).unsqueeze(2).expand(-1, -1, len(ALONG))
                at = joints[:, :, a, None, :2] * (1 - part) + joints[:, :, z, None, :2] * part
                index = _cell_index(at, height, width).reshape(b, -1)
                found = side[:, channel].reshape(b, -1).gather(1, index).reshape(there.shape)
                off = off + ((found - sign) ** 2 * there).sum()
                seen = seen + there.sum()
    return off / seen.clamp(min=1)


def tag_loss(tags, joints):
    """pull and push; tags [B, D K, H, W], dimension after dimension, read at the labelled joints' cells."""
    b, p, k, _ = joints.shape
    height, width = tags.shape[2:]
    index = (_cell_index(joints, height, width) + torch.arange(k) * height * width).reshape(b, 1, p * k)
    planes = tags.reshape(b, -1, k * height * width)
    h = planes.gather(2, index.expand(-1, planes.shape[1], -1)).reshape(b, -1, p, k)
    seen = joints[..., 2]
    n_joints = seen.sum(2)
    there = (n_joints > 0).float()
    mean = (h * seen.unsqueeze(1)).sum(3) / n_joints.clamp(min=1).unsqueeze(1)
    off = ((h - mean.unsqueeze(3)) ** 2).sum(1)
    pull = ((off * seen).sum(2) / n_joints.clamp(min=1) * there).sum(1) / there.sum(1).clamp(min=1)
    pairs = there.unsqueeze(1) * there.unsqueeze(2) * (1 - torch.eye(p))
    closeness = torch.exp(-((mean.unsqueeze(2) - mean.unsqueeze(3)) ** 2).sum(1)) * pairs
    push = 0.5 * closeness.sum((1, 2)) / pairs.sum((1, 2)).clamp(min=1)
    return pull.mean(), push.mean()
