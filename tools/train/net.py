"""The network: a dense feature pyramid, 3x3 convolutions throughout, heatmaps and tags at a quarter of the input.

No depthwise convolutions, no ReLU6, no shape arithmetic: what trains fast on a CPU and what OpenCV's importer reads rightly are the same.
"""
import torch
from torch import nn
from torch.nn import functional as F

STRIDE = 4
TAG_DIMS = 2  # one leaves two of three people with tags alike where a camera sees them close by
WIDTHS, BLOCKS, NECK = (48, 96, 128, 128), (2, 2, 2, 1), 64


def _conv(inputs, outputs, stride=1, kernel=3, dilation=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2 * dilation, dilation, bias=False), nn.BatchNorm2d(outputs))


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut (He et al. 2016)."""

    def __init__(self, width, dilations=(1, 1)):
        super().__init__()
        self.a, self.b = (_conv(width, width, dilation=dilation) for dilation in dilations)

    def forward(self, x):
        return F.relu(x + self.b(F.relu(self.a(x))))


class Second(nn.Module):
    """A second look, as of stacked hourglasses (Newell, Yang, Deng 2016): at features and at what was first made of them, 50 pixels around each
    place. It adds nothing before it is trained, so that a network may grow it."""

    def __init__(self, found):
        super().__init__()
        self.down, self.around = _conv(NECK + found, NECK, 2), Block(NECK, (2, 4))
        self.up, self.out = _conv(NECK, NECK, 1, 1), _conv(NECK, NECK)
        nn.init.zeros_(self.out[1].weight)

    def forward(self, last, top, found):
        far = self.around(F.relu(self.down(torch.cat((top, *found), 1))))
        near = F.interpolate(F.relu(self.up(far)), scale_factor=2.0, mode="nearest")
        return F.relu(last + self.out(last + near))


class Net(nn.Module):
    """[B, 3, H, W] -> heatmaps [B, K, H/4, W/4] and tags [B, TAG_DIMS K, H/4, W/4], dimension after dimension; H and W are multiples of 32.

    In training also the heatmaps of the first look, and from the features before it turn [B, 2, H/4, W/4]: which way a person's shoulders point,
    and side [B, 2, H/4, W/4]: whether an arm, and a leg, is the left or the right one. Left and right joints look alike; which is which follows
    from that, from the trunk along the limbs, and heatmaps alone teach it very late.
    """

    def __init__(self, joints):
        super().__init__()
        self.stem = nn.Sequential(_conv(3, 32, 2), nn.ReLU(), _conv(32, WIDTHS[0], 2), nn.ReLU())
        self.stages, self.downs = nn.ModuleList(), nn.ModuleList()
        for i, (width, n) in enumerate(zip(WIDTHS, BLOCKS)):
            self.downs.append(nn.Sequential(_conv(WIDTHS[i - 1], width, 2), nn.ReLU()) if i else nn.Identity())
            self.stages.append(nn.Sequential(*[Block(width) for _ in range(n)]))
        self.laterals = nn.ModuleList([_conv(width, NECK, 1, 1) for width in WIDTHS])
        self.smooths = nn.ModuleList([_conv(NECK, NECK) for _ in WIDTHS[:-1]])
        self.head = nn.Sequential(_conv(NECK, NECK), nn.ReLU(), _conv(NECK, NECK), nn.ReLU())
        self.heat, self.tag = nn.Conv2d(NECK, joints, 1), nn.Conv2d(NECK, TAG_DIMS * joints, 1)
        self.turn, self.side = nn.Conv2d(NECK, 2, 1), nn.Conv2d(NECK, 2, 1)
        self.second = Second(joints + 4)
        nn.init.constant_(self.heat.bias, 0.0)
        nn.init.normal_(self.heat.weight, std=0.01)

    def forward(self, x):
        x = self.stem(x)
        levels = []
        for down, stage in zip(self.downs, self.stages):
            x = stage(down(x))
            levels.append(x)
        top = F.relu(self.laterals[-1](levels[-1]))
        for i in range(len(levels) - 2, -1, -1):
            top = F.interpolate(top, scale_factor=2.0, mode="nearest") + self.laterals[i](levels[i])
            top = F.relu(self.smooths[i](F.relu(top)))
        last = self.head(top)
        first = self.heat(last), self.turn(top), self.side(top)
        last = self.second(last, top, first)
        found = self.heat(last), self.tag(last)
        return (*found, *first) if self.training else found


def normalise(images):
    """uint8 [B, H, W, 3] BGR to what the network takes: float [B, 3, H, W] in RGB, (x / 255 - 0.5) / 0.25."""
    x = images.permute(0, 3, 1, 2).flip(1).float()
    return ((x / 255 - 0.5) / 0.25).contiguous(memory_format=torch.channels_last)
