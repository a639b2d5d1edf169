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
    """forward takes the tensors of INPUTS in their order; gives [B, 2 x 17, H, W], all x, then all y, without the cell's own place.

    At stride 4 a cell is looked at alone, so that training need compute there no more than the cells of labelled joints.
    """

    def __init__(self, coarse=64, fine=48):
        super().__init__()
        n_in = {stride: sum(n for n, s in INPUTS.values() if s == stride) for stride in (4, 8, 16, 32)}
        n_arms = INPUTS["regression"][0]
        self.at32, self.at16 = _mix(n_in[32], coarse), _mix(n_in[16], coarse)
        self.at8, self.at4 = _mix(n_in[8] + n_arms, coarse), _mix(n_in[4] - n_arms, fine)
        self.look16 = nn.Sequential(Look(coarse, 1), Look(coarse, 2))
        self.look8 = nn.Sequential(Look(coarse, 1), Look(coarse, 2), Look(coarse, 4))
        self.down = _mix(coarse, fine)
        self.more = _mix(fine, fine)
        self.out = nn.Conv2d(fine, 2 * N_JOINTS, 1)
        nn.init.normal_(self.out.weight, 0, 0.02)
        nn.init.zeros_(self.out.bias)

    def surroundings(self, regression, f8, block5, f16, block12, f32):
        """What is known at stride 8, brought to stride 4."""
        coarse = self.look16(F.relu(self.at16(torch.cat((f16, block12), 1)) + _double(self.at32(f32))))
        arms = F.avg_pool2d(regression, 2, count_include_pad=False) * 0.0625  # some 16 cells long
        return _double(self.down(self.look8(F.relu(self.at8(torch.cat((f8, block5, arms), 1)) + _double(coarse)))))

    def cells(self, near, around):
        x = F.relu(self.at4(near) + around)
        return self.out(x + F.relu(self.more(x)))

    def forward(self, heatmaps, centres, regression, f4, *rest):
        return self.cells(torch.cat((heatmaps, centres, f4), 1), self.surroundings(regression, *rest))

    def at_joints(self, values, joints):
        """read(forward(values), joints), computed at the labelled joints alone: joints [B, P, 17, 3] in pixels -> [B, 2, P, 17]."""
        heatmaps, centres, regression, f4, *rest = values
        around = self.surroundings(regression, *rest)
        b, p, k = torch.nonzero(joints[..., 2], as_tuple=True)
        x, y = _cell(joints, *f4.shape[2:])
        x, y = x[b, p, k], y[b, p, k]
        near = torch.cat([value[b, :, y, x] for value in (heatmaps, centres, f4)], 1)
        said = self.cells(near.T[None, ..., None], around[b, :, y, x].T[None, ..., None])[0, ..., 0].T.reshape(-1, 2, N_JOINTS)
        tags = torch.zeros(*joints.shape[:3], 2)
        tags[b, p, k] = said[torch.arange(len(k)), :, k] + GRID * torch.stack((x, y), 1)
        return tags.permute(0, 3, 1, 2)


def _double(x):
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def _cell(joints, height, width):
    """x and y of the cells in which joints [..., 2 or more] lie, given in pixels."""
    cell = ((joints[..., :2] + 0.5) / STRIDE).floor().long()
    return cell[..., 0].clamp(0, width - 1), cell[..., 1].clamp(0, height - 1)


def read(tags, joints):
    """The tags [B, 2, P, 17] at the cells of joints [B, P, 17, 2 or more] in pixels, with the cells' own places added."""
    b, p, k = joints.shape[:3]
    height, width = tags.shape[2:]
    x, y = _cell(joints, height, width)
    index = ((torch.arange(k) * height + y) * width + x).reshape(b, 1, p * k).expand(b, 2, p * k)
    said = tags.reshape(b, 2, k * height * width).gather(2, index).reshape(b, 2, p, k)
    return said + GRID * torch.stack((x, y), 1)


def tag_loss(tags, seen):
    """pull and push of tags [B, 2, P, 17] of joints, as read() gives them, that are labelled where seen [B, P, 17] is 1.

    Pull: mean square distance to the person's mean. Push: over labelled joints, the sum over other people of (APART - distance to their mean)^2 where
    they are nearer than that: of each joint, since one that lies with a neighbour is one joint exchanged, wherever the means are.
    """
    n_joints = seen.sum(2)
    mean = (tags * seen.unsqueeze(1)).sum(3) / n_joints.clamp(min=1).unsqueeze(1)
    square = ((tags.unsqueeze(4) - mean.unsqueeze(2).unsqueeze(3)) ** 2).mean(1)  # [B, P, K, P of the means]
    own = torch.eye(seen.shape[1]).reshape(1, seen.shape[1], 1, -1)
    there = (n_joints > 0).float()[:, None, None, :]
    pull = ((square * own).sum(3) * seen).sum() / seen.sum().clamp(min=1)
    near = F.relu(APART - (square + 1e-6).sqrt()) ** 2 * there * (1 - own)
    return pull, (near.sum(3) * seen).sum() / seen.sum().clamp(min=1)
