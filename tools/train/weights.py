"""The weights of an exported network, back into one that can be trained on: data/models holds ONNX only.

Export folds each batch norm into its convolution, so the norm comes back with the mean and variance that a batch of images has there, and the
scale and bias that undo them; training goes on from the same function. Only the parts of ONNX that export.py writes are read.
"""
import struct

import numpy as np
import torch
from torch import nn


def _fields(data):
    """(number, value) of each field of a protobuf message: an int, or bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        elif key & 7 == 2:
            size = varint()
            yield key >> 3, data[at:at + size]
            at += size
        else:
            size = 4 if key & 7 == 5 else 8
            yield key >> 3, struct.unpack("<I" if size == 4 else "<Q", data[at:at + size])[0]
            at += size


def _tensor(data):
    """name and float32 array of a TensorProto: dims 1, name 8, raw_data 9."""
    dims, name, raw = [], "", b""
    for number, value in _fields(data):
        if number == 1:
            dims += [value] if isinstance(value, int) else [v for v in value]
        elif number == 8:
            name = value.decode()
        elif number == 9:
            raw = value
    return name, np.frombuffer(raw, np.float32).reshape(dims) if len(raw) == 4 * int(np.prod(dims)) else None


def _convolutions(path):
    """(weight, bias) of each Conv node, in the order of the graph. ModelProto.graph 7; GraphProto.node 1, initializer 5."""
    with open(path, "rb") as stream:
        graph = next(value for number, value in _fields(stream.read()) if number == 7)
    tensors = dict(_tensor(value) for number, value in _fields(graph) if number == 5)
    for number, node in _fields(graph):
        if number != 1:
            continue
        parts = list(_fields(node))
        if any(n == 4 and v == b"Conv" for n, v in parts):  # op_type 4, input 1
            inputs = [v.decode() for n, v in parts if n == 1]
            yield tensors[inputs[1]], tensors[inputs[2]]


def load(net, path, example):
    """Put the weights of an ONNX file into a Net. `example` is a batch of normalised images such as it will be trained on."""
    order, hooks = [], []
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.BatchNorm2d)):
            hooks.append(module.register_forward_hook(lambda m, *_: order.append(m)))
    with torch.no_grad():
        net.eval()(example)
    for hook in hooks:
        hook.remove()
    convolutions = list(_convolutions(path))
    modules = [m for m in order if isinstance(m, nn.Conv2d)]
    if len(modules) != len(convolutions):
        raise SystemExit(f"{path}: {len(convolutions)} convolutions, the network has {len(modules)}")
    with torch.no_grad():
        for i, (weight, bias) in enumerate(convolutions):
            if tuple(weight.shape) != tuple(modules[i].weight.shape):
                raise SystemExit(f"{path}: convolution {i} is {weight.shape}, the network's is {tuple(modules[i].weight.shape)}")
            modules[i].weight.copy_(torch.from_numpy(weight.copy()))
            at = order.index(modules[i])
            after = order[at + 1] if at + 1 < len(order) else None
            if isinstance(after, nn.BatchNorm2d) and modules[i].bias is None:
                after.bias.copy_(torch.from_numpy(bias.copy()))
            else:
                modules[i].bias.copy_(torch.from_numpy(bias.copy()))
    _renormalise(net, example)


def _renormalise(net, example):
    """Means and variances as `example` has them, scales and biases so that each norm adds its bias and no more, in training too."""
    def identity(norm, inputs):
        x = inputs[0].transpose(0, 1).flatten(1)
        norm.running_mean.copy_(x.mean(1))
        norm.running_var.copy_(x.var(1))
        norm.weight.copy_((norm.running_var + norm.eps).sqrt())
        norm.bias.add_(norm.running_mean)

    hooks = [m.register_forward_pre_hook(identity) for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    with torch.no_grad():
        net.eval()(example)
    for hook in hooks:
        hook.remove()
