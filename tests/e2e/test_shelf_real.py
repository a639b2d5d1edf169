"""Shelf: from real detections in five views to people in 3D, PCP as published."""
import json

import session
from session import check_at_least

source = session.real_data("shelf")
folder = session.folder()

with open(f"{source}/calibration.json", encoding="utf-8") as stream:
    calibration = json.load(stream)


def pose(camera):
    import cv2
    import numpy as np
    rt = np.array(camera["RT"], float).reshape(3, 4)
    return {"rvec": cv2.Rodrigues(rt[:, :3])[0].ravel().tolist(), "t_m": rt[:, 3].tolist()}


names = sorted(calibration, key=int)
cameras = {}
for name in names:
    c = calibration[name]
    cameras[f"cam{name}"] = {"size": c["imgSize"], "lens": "pinhole0", "K": [c["K"][0], c["K"][4], c["K"][2], c["K"][5]],
                             "dist": [], "Rt_cam_world": pose(c)}
session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": cameras})
views = list(cameras)
session.dump(f"{folder}/rig.yaml", {
    "schema": "rigpose/rig/1", "feeds": {v: {"views": [v]} for v in views}, "recordings": {"shelf": {v: None for v in views}},
    "cameras": "cameras.yaml", "take": "shelf", "keypoints": {"source": "openpose", "people": f"{source}/people2d/{{view}}"},
    "skeleton": "coco17"})

# The truth as people3d of skeleton shelf14; its 15th joint (mid hip) is no joint of the protocol.
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
session.dump(f"{folder}/truth.yaml", {"schema": "rigpose/people3d/1", "skeleton": "shelf14", "frames": frames})

done = session.rigpose("run", f"{folder}/rig.yaml")
print(done.stderr)
figures = session.loads(session.rigpose("eval", f"{folder}/out/70_people3d.yaml", f"{folder}/truth.yaml").stdout)
print(figures)
check_at_least("PCP, average of three", figures["pcp"]["average"], 93)
session.finish()
