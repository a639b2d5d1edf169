"""Grid tags on a frozen MoveNet MultiPose: of each cell and joint, where the person is whose joint lies there.

A tag has two dimensions, x and y: the cell's own times GRID, plus what the head says. The head so begins with tags that tell people apart who stand apart,
and has to learn only the way from a joint to its person.
"""
import torch
import torch.nn.functional as F
from torch import nn

N_JOINTS = 17
STRIDE = 4
GRID = 0.125  # of a tag a cell
APART = 2.5   # tags of two people want to lie this far apart, root mean square over the dimensions

NODE = "StatefulPartitionedCall/center_net_mobile_net_v2fpn_feature_extractor/model_1/"
INPUTS = {  # tensors of the trunk: channels, stride
    "heatmaps": (17, 4), "centres": (1, 4), "regression": (34, 4), NODE + "re_lu_2/Relu": (24, 4),
    NODE + "re_lu_1/Relu": (24, 8), NODE + "model/block_5_add/add": (48, 8),
    NODE + "re_lu/Relu": (32, 16), NODE + "model/block_12_add/add": (144, 16),
    NODE + "conv2d/BiasAdd": (64, 32)}


def _mix(n_in, n_out):
    """A 1x1 convolution with its norm; torch folds the norm into it when it writes ONNX."""
    return nn.Sequential(nn.Conv2d(n_in, n_out, 1, bias=False), nn.BatchNorm2d(n_out))


class Look(nn.Module):
    """Around each place, as far as `dilation` says, added to what was known."""

    def __init__(self, n, dilation=1):
        super().__init__()
        self.around = nn.Conv2d(n, n, 3, padding=dilation, dilation=dilation, groups=n, bias=False)
        self.mix = _mix(n, n)

    def forward(self, x):
        return x + F.relu(self.mix(self.around(x)))


class Head(nn.Module):
    """forward takes the tensors of INPUTS in their order; gives [B, 2 x 17, H, W], all x, then all y, without the cell's own place."""

    def __init__(self, coarse=64, fine=40):
        super().__init__()
        n_in = {stride: sum(n for n, s in INPUTS.values() if s == stride) for stride in (4, 8, 16, 32)}
        n_in[4] -= INPUTS["regression"][0]  # read at stride 8
        self.at32, self.at16 = _mix(n_in[32], coarse), _mix(n_in[16], coarse)
        self.at8, self.at4 = _mix(n_in[8] + INPUTS["regression"][0], coarse), _mix(n_in[4], fine)
        self.look16 = nn.Sequential(Look(coarse, 1), Look(coarse, 2))
        self.look8 = nn.Sequential(Look(coarse, 1), Look(coarse, 2), Look(coarse, 4))
        self.down = _mix(coarse, fine)
        self.look4 = Look(fine)
        self.out = nn.Conv2d(fine, 2 * N_JOINTS, 1)
        nn.init.normal_(self.out.weight, 0, 0.02)
        nn.init.zeros_(self.out.bias)

    def forward(self, heatmaps, centres, regression, f4, f8, block5, f16, block12, f32):
        def double(x):
            return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        coarse = self.look16(F.relu(self.at16(torch.cat((f16, block12), 1)) + double(self.at32(f32))))
        arms = F.avg_pool2d(regression, 2, count_include_pad=False) * 0.0625  # some 16 cells long
        middle = self.look8(F.relu(self.at8(torch.cat((f8, block5, arms), 1)) + double(coarse)))
        fine = F.relu(self.at4(torch.cat((heatmaps, centres, f4), 1)) + double(self.down(middle)))
        return self.out(self.look4(fine))


def read(tags, joints):
    """The tags [B, 2, P, K] at the cells of joints [B, P, K, 2 or more] in pixels, with the cells' own places added."""
    b, p, k = joints.shape[:3]
    height, width = tags.shape[2:]
    cell = ((joints[..., :2] + 0.5) / STRIDE).floor()
    x, y = cell[..., 0].clamp(0, width - 1), cell[..., 1].clamp(0, height - 1)
    index = ((torch.arange(k) * height + y) * width + x).long().reshape(b, 1, p * k).expand(b, 2, p * k)
    said = tags.reshape(b, 2, k * height * width).gather(2, index).reshape(b, 2, p, k)
    return said + GRID * torch.stack((x, y), 1)


def tag_loss(tags, joints):
    """pull and push of tags [B, 34, H, W] at labelled joints [B, P, 17, 3].

    Pull: mean square distance to the person's mean. Push: over labelled joints, the sum over other people of (APART - distance to their mean)^2 where
    they are nearer than that: of each joint, since one that lies with a neighbour is one joint exchanged, wherever the means are.
    """
    t, seen = read(tags, joints), joints[..., 2]
    n_joints = seen.sum(2)
    mean = (t * seen.unsqueeze(1)).sum(3) / n_joints.clamp(min=1).unsqueeze(1)
    square = ((t.unsqueeze(4) - mean.unsqueeze(2).unsqueeze(3)) ** 2).mean(1)  # [B, P, K, P of the means]
    own = torch.eye(joints.shape[1]).reshape(1, joints.shape[1], 1, -1)
    there = (n_joints > 0).float()[:, None, None, :]
    pull = ((square * own).sum(3) * seen).sum() / seen.sum().clamp(min=1)
    near = F.relu(APART - (square + 1e-6).sqrt()) ** 2 * there * (1 - own)
    return pull, (near.sum(3) * seen).sum() / seen.sum().clamp(min=1)
