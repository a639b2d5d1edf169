"""Readers of the formats of movement, written from their specifications and independent of the program: points are [frames, joints, 3] in metres
in the world of the rig, z up, NaN where a point is missing."""
import csv
import json
import re
import struct

import numpy as np


def z_up(p):
    """Of y up, as the specification of the axes says: (x, y, z) of the file is (y, z, x) of the world."""
    return np.asarray(p)[..., [2, 0, 1]]


def read_trc(path):
    """TRC as OpenSim's reader takes it: cells are split at tabs, and what is empty behind the last tab is dropped."""
    with open(path, encoding="utf-8") as stream:
        lines = stream.read().split("\n")
    cells = [line.split("\t")[:-1] if line.endswith("\t") else line.split("\t") for line in lines]
    assert cells[0][:3] == ["PathFileType", "4", "(X/Y/Z)"], cells[0]
    head = dict(zip(cells[1], cells[2]))
    assert len(cells[1]) == len(cells[2]) == 8, "eight values"
    names = [c for c in cells[3] if c]
    assert names[:2] == ["Frame#", "Time"], names[:2]
    n = int(head["NumMarkers"])
    assert len(names) == n + 2 and [c for c in cells[4] if c] == [f"{a}{j + 1}" for j in range(n) for a in "XYZ"]
    assert lines[5] == "" and lines[-1] == ""
    rows = cells[6:-1]
    assert all(len(row) == 3 * n + 2 for row in rows) and len(rows) == int(head["NumFrames"])
    values = np.array([[float(c) if c else np.nan for c in row] for row in rows])
    assert head["Units"] == "m"
    return {"head": head, "names": names[2:], "frames": values[:, 0].astype(int), "times": values[:, 1],
            "points": z_up(values[:, 2:].reshape(len(rows), n, 3))}


def read_trc_rows(path):
    """The points of a TRC as OpenSim's scaling eats its rows: three tabs without a number between them are a point that is missing."""
    points = []
    with open(path, encoding="utf-8") as stream:
        rows = stream.read().split("\n")[6:-1]
    for row in rows:
        _, _, rest = re.match(r"(-?\d+)\s+(-?[\d.]+)(.*)", row).groups()
        found, tabs = [], 0
        while rest:
            if rest[0] == "\t":
                tabs, rest = tabs + 1, rest[1:]
                found += [np.nan] * 3 if tabs == 3 else []
                tabs %= 3
            else:
                cell = re.match(r"[-\d.eE]+", rest)[0]
                found.append(float(cell))
                tabs, rest = 0, rest[len(cell):]
        points.append(found)
    return z_up(np.array(points).reshape(len(rows), -1, 3))


def _c3d_parameters(data):
    groups, names, at = {}, {}, 4
    while data[at]:
        length, group = struct.unpack_from("<bb", data, at)
        name = data[at + 2:at + 2 + abs(length)].decode()
        at += 2 + abs(length)
        (offset,) = struct.unpack_from("<h", data, at)
        if group < 0:
            names[-group] = name
        else:
            kind, n = struct.unpack_from("<bB", data, at + 2)
            dims = list(data[at + 4:at + 4 + n])
            count = int(np.prod(dims)) if n else 1
            raw = data[at + 4 + n:at + 4 + n + count * abs(kind)]
            if kind == -1:
                width = dims[0]
                value = [raw[i:i + width].decode().rstrip() for i in range(0, count, width)] if width else []
            else:
                value = list(struct.unpack(f"<{count}{ {1: 'B', 2: 'H', 4: 'f'}[kind] }", raw))
            groups.setdefault(group, {})[name] = value
            assert offset == 2 + 2 + n + count * abs(kind) + 1, name
        if offset == 0:
            break
        at += offset
    return {names[g]: p for g, p in groups.items()}


def read_c3d(path):
    """C3D by its user guide; floats of little endian machines only."""
    with open(path, "rb") as stream:
        data = stream.read()
    block, key, used, analog, first, last, gap, scale, start, per_frame, rate = struct.unpack_from("<BBHHHHHfHHf", data)
    assert key == 0x50 and analog == 0 and scale < 0 and len(data) % 512 == 0
    section = data[(block - 1) * 512:]
    assert section[1] == 0x50 and section[3] == 84, "little endian"
    p = _c3d_parameters(section)
    point, trial = p["POINT"], p["TRIAL"]
    begin, end = (lo + 65536 * hi for lo, hi in (trial["ACTUAL_START_FIELD"], trial["ACTUAL_END_FIELD"]))
    n = end - begin + 1
    assert point["USED"] == [used] and point["SCALE"] == [scale] and point["DATA_START"] == [start] and point["RATE"] == [rate]
    kind = float if n > 65535 else int  # the guide's two ways of storing it
    assert point["FRAMES"] == [n] and type(point["FRAMES"][0]) is kind and point.get("LONG_FRAMES", [n] if n <= 65535 else None) == [n]
    assert first == min(begin, 65535) and last == min(end, 65535)
    words = np.frombuffer(data, "<f4", n * used * 4, (start - 1) * 512).reshape(n, used, 4)
    assert len(data) == (start - 1) * 512 + (n * used * 16 + 511) // 512 * 512
    word = words[..., 3].astype(np.int16)
    points = words[..., :3].astype(float) / 1000
    points[word < 0] = np.nan
    assert point["UNITS"] == ["mm"]
    return {"names": point["LABELS"], "first": begin, "rate": rate, "points": points, "parameters": p,
            "residual_m": np.where(word < 0, np.nan, (word & 255) * -scale / 1000), "mask": np.where(word < 0, 0, word >> 8),
            "step_m": -scale / 1000}


def read_csv(path):
    """(frame, person) -> [joints, 5]: x, y, z, sigma, views; the joints' names; and the times."""
    with open(path, newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    head = rows[0]
    assert head[:3] == ["frame", "time_s", "person"]
    names = [c[:-4] for c in head[3::5]]
    assert head[3:] == [f"{n}_{k}" for n in names for k in ("x_m", "y_m", "z_m", "sigma_m", "views")]
    assert all(len(row) == len(head) for row in rows)
    people = {(int(r[0]), int(r[2])): np.array([float(c) if c else np.nan for c in r[3:]]).reshape(-1, 5) for r in rows[1:]}
    return names, people, {int(r[0]): float(r[1]) for r in rows[1:]}


def read_keypoints3d(path):
    """id -> [joints, 4] of one frame."""
    with open(path, encoding="utf-8") as stream:
        return {p["id"]: np.array(p["keypoints3d"], float) for p in json.load(stream)}


def _about(axis, degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    i, j = {"X": (1, 2), "Y": (2, 0), "Z": (0, 1)}[axis]
    R = np.zeros((len(degrees), 3, 3))
    R[:] = np.eye(3)
    R[:, i, i], R[:, i, j], R[:, j, i], R[:, j, j] = c, -s, s, c
    return R


def read_bvh(path):
    """Name -> [frames, 3], where forward kinematics puts each joint, m, z up; an end site has its parent's name and "End". Bone lengths; frame time."""
    with open(path, encoding="utf-8") as stream:
        head, motion = stream.read().split("MOTION\n")
    lines = motion.split("\n")
    frames, dt = int(lines[0].split(":")[1]), float(lines[1].split(":")[1])
    rows = np.array([[float(v) for v in line.split()] for line in lines[2:] if line])
    assert len(rows) == frames and lines[-1] == "", "as many rows as told"
    words, stack, joints, column = head.split(), [], {}, 0
    assert words[:2] == ["HIERARCHY", "ROOT"]
    at = 1
    while at < len(words):
        word = words[at]
        if word in ("ROOT", "JOINT", "End"):
            name = words[at + 1] if word != "End" else stack[-1] + "End"
            joints[name] = {"parent": stack[-1] if stack else None, "channels": []}
            stack.append(name)
            at += 3  # its name and the brace
        elif word == "OFFSET":
            joints[stack[-1]]["offset"] = np.array([float(v) for v in words[at + 1:at + 4]])
            at += 4
        elif word == "CHANNELS":
            n = int(words[at + 1])
            joints[stack[-1]]["channels"] = [(c, column + i) for i, c in enumerate(words[at + 2:at + 2 + n])]
            column += n
            at += 2 + n
        else:
            assert word == "}", word
            stack.pop()
            at += 1
    assert not stack and column == rows.shape[1]
    places, turns = {}, {}
    for name, joint in joints.items():
        local, R = np.tile(joint["offset"], (frames, 1)), np.tile(np.eye(3), (frames, 1, 1))
        for channel, i in joint["channels"]:
            if channel.endswith("position"):
                local[:, "XYZ".index(channel[0])] += rows[:, i]
            else:
                R = R @ _about(channel[0], rows[:, i])
        parent = joint["parent"]
        places[name] = local if parent is None else places[parent] + np.einsum("fij,fj->fi", turns[parent], local)
        turns[name] = R if parent is None else turns[parent] @ R
    return {n: z_up(p / 100) for n, p in places.items()}, dt, rows


def read_glb(path):
    """The JSON, and person -> (times of the hips' keys, keys of each node, node -> [keys, 3]): forward kinematics at the hips' keys, m, z up. Nodes
    without a key there are interpolated, as viewers do; ends have their parent's name and "End", as in read_bvh."""
    with open(path, "rb") as stream:
        data = stream.read()
    magic, version, total, length, kind = struct.unpack_from("<4sII I4s", data)
    assert (magic, version, total, kind) == (b"glTF", 2, len(data), b"JSON")
    asset = json.loads(data[20:20 + length])
    bytes_, kind = struct.unpack_from("<I4s", data, 20 + length)
    assert kind == b"BIN\0" and 28 + length + bytes_ == total and asset["buffers"][0]["byteLength"] == bytes_
    binary, widths = data[28 + length:], {"SCALAR": 1, "VEC3": 3, "VEC4": 4}

    def accessor(i):
        a = asset["accessors"][i]
        view = asset["bufferViews"][a["bufferView"]]
        width = widths[a["type"]]
        assert a["componentType"] == 5126 and view["byteLength"] == a["count"] * width * 4
        return np.frombuffer(binary, "<f4", a["count"] * width, view["byteOffset"]).reshape(-1, width).astype(float)

    tracks = {}
    (animation,) = asset["animations"]
    for channel in animation["channels"]:
        sampler = animation["samplers"][channel["sampler"]]
        times = accessor(sampler["input"])[:, 0]
        limits = asset["accessors"][sampler["input"]]
        assert (np.diff(times) > 0).all() and times[0] >= 0 and np.float32(limits["min"][0]) == times[0] and np.float32(limits["max"][0]) == times[-1]
        tracks[channel["target"]["node"], channel["target"]["path"]] = times, accessor(sampler["output"])

    def turned(node, at):
        if (node, "rotation") not in tracks:
            return np.tile(np.eye(3), (len(at), 1, 1))
        times, q = tracks[node, "rotation"]
        assert np.abs(np.linalg.norm(q, axis=1) - 1).max() < 1e-6
        x, y, z, w = np.array([np.interp(at, times, q[:, k]) for k in range(4)])
        n = x * x + y * y + z * z + w * w
        return np.array([[1 - 2 * (y * y + z * z) / n, 2 * (x * y - z * w) / n, 2 * (x * z + y * w) / n],
                         [2 * (x * y + z * w) / n, 1 - 2 * (x * x + z * z) / n, 2 * (y * z - x * w) / n],
                         [2 * (x * z - y * w) / n, 2 * (y * z + x * w) / n, 1 - 2 * (x * x + y * y) / n]]).transpose(2, 0, 1)

    people = {}
    for top in asset["scenes"][asset["scene"]]["nodes"]:
        hips = asset["nodes"][top]["children"][0]
        at, root = tracks[hips, "translation"]
        places, keys, stack = {}, {}, [(hips, root, turned(hips, at), "")]
        while stack:
            node, p, R, parent = stack.pop()
            name = asset["nodes"][node]["name"].split("_")[1]
            below = [(c, asset["nodes"][c]) for c in asset["nodes"][node].get("children", [])]
            children = [c for c, n in below if "mesh" not in n]
            ends = {n["name"] + "_bone": n["translation"] for _, n in below if "mesh" not in n}
            for stick in (n for _, n in below if "mesh" in n):  # its y axis ends at the joint
                (x, _, z, w), length = stick["rotation"], stick["scale"][1]
                assert np.abs(length * np.array([-2 * w * z, 1 - 2 * (x * x + z * z), 2 * w * x]) - ends[stick["name"]]).max() < 1e-6, stick
            keys[name] = len(tracks[node, "rotation"][0]) if (node, "rotation") in tracks else 0
            places[name if children else parent + "End"] = z_up(p)
            for child in children:
                offset = np.array(asset["nodes"][child]["translation"])
                stack.append((child, p + R @ offset, R @ turned(child, at), name))
        people[int(asset["nodes"][top]["name"][6:])] = at, keys, places
    return asset, people
