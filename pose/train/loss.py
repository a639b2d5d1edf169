"""The associative-embedding loss (Newell, Huang, Deng 2017), vectorised over a batch.

Heat: weighted mean of (H - G)^2, G the maximum over people of a Gaussian about the exact (sub-cell) joint.
Tags: pull = mean over people of mean_k (h_k - m)^2; push = 0.5 / (N (N - 1)) * sum over ordered pairs exp(-(m - m')^2); 0 where N = 1.
"""
import torch

from net import STRIDE

SIGMA = 1.4           # cells
PEAK_WEIGHT = 10.0    # the heat error counts 1 + PEAK_WEIGHT * G: peaks are few
TAG_WEIGHT = 0.3


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


def heat_loss(heat, target, mask):
    return (mask * (1 + PEAK_WEIGHT * target) * (heat - target) ** 2).mean()


def tag_loss(tags, joints):
    """pull and push; tags [B, K, H, W] read at the labelled joints' cells."""
    b, p, k, _ = joints.shape
    height, width = tags.shape[2:]
    at = cells(joints).round().long()
    index = at[..., 1].clamp(0, height - 1) * width + at[..., 0].clamp(0, width - 1)
    index = (index + torch.arange(k) * height * width).reshape(b, p * k)
    h = tags.reshape(b, -1).gather(1, index).reshape(b, p, k)
    seen = joints[..., 2]
    n_joints = seen.sum(2)
    there = (n_joints > 0).float()
    mean = (h * seen).sum(2) / n_joints.clamp(min=1)
    pull = (((h - mean.unsqueeze(2)) ** 2 * seen).sum(2) / n_joints.clamp(min=1) * there).sum(1) / there.sum(1).clamp(min=1)
    pairs = there.unsqueeze(1) * there.unsqueeze(2) * (1 - torch.eye(p))
    closeness = torch.exp(-(mean.unsqueeze(1) - mean.unsqueeze(2)) ** 2) * pairs
    push = 0.5 * closeness.sum((1, 2)) / pairs.sum((1, 2)).clamp(min=1)
    return pull.mean(), push.mean()
