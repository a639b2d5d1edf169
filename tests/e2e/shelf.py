"""The Shelf recording as a rig of ours, and its truth as people3d of skeleton shelf14."""
import json

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


def write(source, folder, **more):
    """folder/rig.yaml with cameras.yaml and truth.yaml beside it; `more` are keys of the rig."""
    cameras = _cameras(source)
    session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": cameras})
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v], "fps": 25} for v in cameras},
        "recordings": {"shelf": {v: None for v in cameras}}, "cameras": "cameras.yaml", "take": "shelf",
        "keypoints": {"source": "openpose", "people": f"{source}/people2d/{{view}}"}, "skeleton": "coco17", **more})
    session.dump(f"{folder}/truth.yaml", {"schema": "rigpose/people3d/1", "skeleton": "shelf14", "frames": _truth(source)})
