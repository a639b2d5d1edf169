"""The Shelf recording as a rig of ours, and its truth as people3d of skeleton shelf14."""
import json
import os

import session


def _pose(camera):
    import cv2
    import numpy as np
    rt = np.array(camera["RT"], float).reshape(3, 4)
    return {"rvec": cv2.Rodrigues(rt[:, :3])[0].ravel().tolist(), "t_m": rt[:, 3].tolist()}


def _cameras(source):
    with open(f"{source}/calibration.json", encoding="utf-8") as stream:
        calibration = json.load(stream)
    return {f"cam{name}": {"size": c["imgSize"], "lens": "pinhole0", "K": [c["K"][0], c["K"][4], c["K"][2], c["K"][5]], "dist": [],
                           "Rt_cam_world": _pose(c)} for name, c in sorted(calibration.items(), key=lambda item: int(item[0]))}


def _truth(source):
    """Its 15th joint (mid hip) is no joint of the protocol."""
    with open(f"{source}/ground_truth.txt", encoding="utf-8") as stream:
        tokens = stream.read().split()
    at = 2
    frames = []
    for _ in range(int(tokens[1])):
        frame, n = int(tokens[at]), int(tokens[at + 1])
        at += 2
        people = []
        for _ in range(n):
            ident, values = int(tokens[at]), [float(t) for t in tokens[at + 1:at + 61]]
            at += 61
            joints = [{"p_m": [values[j], values[15 + j], values[30 + j]]} if values[45 + j] > 0 else {"state": "missing"}
                      for j in range(14)]
            people.append({"id": ident + 1, "joints": joints})
        frames.append({"frame": frame, "people": people})
    return frames


# Links of the candidates: from these joints of BODY_25 to those.
FROM = [1, 9, 10, 8, 8, 12, 13, 1, 2, 3, 2, 1, 5, 6, 5, 1, 0, 0, 15, 16, 14, 19, 14, 11, 22, 11]
TO = [8, 10, 11, 9, 12, 13, 14, 2, 3, 4, 17, 5, 6, 7, 18, 0, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24]
LINK_LEAST = 0.2


def _candidates(path):
    """A frame each: [x, y, score] of every candidate of every joint, and for each link the scores, rows from, columns to."""
    with open(path, encoding="utf-8") as stream:
        tokens = stream.read().split()
    at = 2
    for _ in range(int(tokens[1])):
        joints, links = [], []
        for _ in range(25):
            n = int(tokens[at])
            x, y, score = ([float(t) for t in tokens[at + 1 + k * n:at + 1 + (k + 1) * n]] for k in range(3))
            joints.append([[a * 1031, b * 775, c] for a, b, c in zip(x, y, score)])
            at += 1 + 3 * n
        for a, b in zip(FROM, TO):
            rows, cols = len(joints[a]), len(joints[b])
            links.append([[float(t) for t in tokens[at + r * cols:at + (r + 1) * cols]] for r in range(rows)])
            at += rows * cols
        yield joints, links


def _linked(joints, links):
    """People as the links alone make them, the surest first: {joint: candidate}; and the candidates that nobody is linked with."""
    found = sorted(((score, FROM[k], i, TO[k], j) for k, link in enumerate(links) for i, row in enumerate(link) for j, score in enumerate(row)
                    if score > LINK_LEAST), reverse=True)
    of, people = {}, []
    for _, a, i, b, j in found:
        one, other = of.get((a, i), {a: i}), of.get((b, j), {b: j})
        if one is other or set(one) & set(other):
            continue
        people = [p for p in people if p is not one and p is not other] + [{**one, **other}]
        of.update({(joint, candidate): people[-1] for joint, candidate in people[-1].items()})
    return people, [(k, i) for k in range(25) for i in range(len(joints[k])) if (k, i) not in of]


def write_candidates(source, folder, **more):
    """As write, from the candidates before grouping: whom the links make a person, and every other candidate as a person of one joint."""
    write(source, folder, keypoints={"source": "yaml"}, **more)
    os.makedirs(f"{folder}/out/60_people2d", exist_ok=True)
    for view in range(5):
        frames = []
        for frame, (joints, links) in enumerate(_candidates(f"{source}/detections/{view}.txt")):
            people, loose = _linked(joints, links)
            people += [{k: i} for k, i in loose]
            frames.append({"frame": frame, "people": [
                {"joints": [[round(v, 2) for v in joints[k][person[k]]] if k in person else None for k in range(25)]} for person in people]})
        session.dump(f"{folder}/out/60_people2d/cam{view}.yaml", {
            "schema": "rigpose/people2d/1", "view": f"cam{view}", "skeleton": "body25", "n_joints": 25, "tags": False, "frames": frames})


def write(source, folder, **more):
    """folder/rig.yaml with cameras.yaml and truth.yaml beside it; `more` are keys of the rig."""
    cameras = _cameras(source)
    session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": cameras})
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v], "fps": 25} for v in cameras},
        "recordings": {"shelf": {v: None for v in cameras}}, "cameras": "cameras.yaml", "take": "shelf",
        "keypoints": {"source": "openpose", "people": f"{source}/people2d/{{view}}"}, "skeleton": "coco17", **more})
    session.dump(f"{folder}/truth.yaml", {"schema": "rigpose/people3d/1", "skeleton": "shelf14", "frames": _truth(source)})
