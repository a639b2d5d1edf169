"""People as other tools read them: each format through a reader of its own, held against the YAML."""
import glob
import os
import resource
import shutil
import signal

import numpy as np

import motion_checks as motions
import motion_readers as readers
import session
from session import check, refused, rigpose

FPS = 30000 / 1001


def body(t, x, heading, size=1.0):
    """COCO's joints [17, 3] of somebody who walks, m."""
    swing = 0.5 * np.sin(2 * np.pi * 0.9 * t)
    def limb(root, length, angle):
        return root + length * np.array([np.sin(angle), 0, -np.cos(angle)])
    hips = [np.array([0, s * 0.1, 0.93]) for s in (1, -1)]
    shoulders = [np.array([0.03, s * 0.18, 1.43]) for s in (1, -1)]
    knees = [limb(h, 0.42, s * swing + 0.15) for h, s in zip(hips, (1, -1))]
    ankles = [limb(k, 0.41, s * swing - 0.25) for k, s in zip(knees, (1, -1))]
    elbows = [limb(h, 0.29, -s * swing) + [0, s * 0.03, 0] for h, s in zip(shoulders, (1, -1))]
    wrists = [limb(k, 0.25, -s * swing + 0.6) for k, s in zip(elbows, (1, -1))]
    face = [np.array(p) for p in ([0.13, 0, 1.58], [0.1, 0.03, 1.62], [0.1, -0.03, 1.62], [0.02, 0.075, 1.6], [0.02, -0.075, 1.6])]
    pairs = (shoulders, elbows, wrists, hips, knees, ankles)
    p = size * np.array(face + [q for pair in pairs for q in pair])
    c, s = np.cos(heading), np.sin(heading)
    return p @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) + [x, 0.4 * t, 0]


def joint(p, rng, filled=False):
    made = {"p_m": [round(float(v), 6) for v in p], "sigma_m": round(float(rng.uniform(0.002, 0.01)), 6), "score": 0.5}
    return {**made, "state": "filled"} if filled else {**made, "views": ["c1", "c2", "c9"], "rms_px": 1.0}


def people_of(numbers, rng, fps):
    """Person 1 throughout with gaps, person 4 from a third of the take on, who lacks a wrist for long."""
    frames = []
    for i, number in enumerate(numbers):
        people = []
        for ident, start in ((1, 0), (4, len(numbers) // 3)):
            if i < start or (ident == 1 and 10 <= i < 14):
                continue
            p = body(number / fps, ident, 0.3 * ident, 1 + 0.02 * ident) + rng.normal(0, 0.002, (17, 3))
            joints = [joint(q, rng, filled=ident == 1 and j == 3 and i == 5) for j, q in enumerate(p)]
            if ident == 4 and i % 7 < 4:
                joints[10] = {"state": "few_views"}
            if ident == 1 and i == 20:
                joints[11] = joints[0] = None
            people.append({"id": ident, "joints": joints})
        frames.append({"frame": number, "people": people})
    return frames


def write_session(folder, numbers, fps=FPS, world=None, **more):
    """A rig without pictures whose people in space another program made."""
    rng = np.random.default_rng(3)
    views = ["c1", "c2", "c9"]
    camera = {"size": [640, 480], "lens": "pinhole0", "K": [500, 500, 320, 240], "dist": [], "Rt_cam_world": {"rvec": [0, 0, 0], "t_m": [0, 0, 3]}}
    os.makedirs(f"{folder}/out", exist_ok=True)
    session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": {v: camera for v in views}})
    rig = {"schema": "rigpose/rig/1", "feeds": {v: {"views": [v]} for v in views}, "recordings": {"walk": {v: None for v in views}},
           "take": "walk", "keypoints": {"source": "yaml"}, "skeleton": "coco17", **(world or {"cameras": "cameras.yaml"}), **more}
    session.dump(f"{folder}/rig.yaml", rig)
    if world:
        shutil.copy(f"{folder}/cameras.yaml", f"{folder}/out/40_extrinsics.yaml")
    session.dump(f"{folder}/out/70_people3d.yaml", {"schema": "rigpose/people3d/1", "skeleton": "coco17", "n_joints": 17, "fps": fps,
                                                     "views": views, "frames": people_of(numbers, rng, fps or FPS)})
    return f"{folder}/rig.yaml"


def check_refusals(folder):
    rig = write_session(f"{folder}/up", range(0, 30), world={"extrinsics": {"from": "walk", "world": {"camera": "c1"}}, "intrinsics": {"from": "walk"},
                                                            "board": {"corners": [9, 6], "square_m": 0.1}})
    shutil.copy(f"{folder}/up/cameras.yaml", f"{folder}/up/out/30_intrinsics.yaml")
    session.dump(f"{folder}/up/out/20_corners.yaml", {"schema": "rigpose/corners/1", "board": {"kind": "chessboard", "corners": [9, 6], "square_m": 0.1}, "recordings": {}})
    for to in ("trc", "bvh"):
        refused("export", rig, "--to", to, code=1, contains=["files are y-up", "camera 'c1'"])
        check(f"nothing of {to} is left", not glob.glob(f"{folder}/up/out/export/{to}/*"))
    done = rigpose("export", rig, "--to", "c3d")
    c3d = readers.read_c3d(f"{folder}/up/out/export/c3d/walk_person1.c3d")
    check("C3D does not say where up is where that is not known", "Y_SCREEN" not in c3d["parameters"]["POINT"], done.stderr)

    rig = write_session(f"{folder}/rate", range(0, 30), fps=None)
    refused("export", rig, "--to", "csv", code=1, contains=["has no frame rate", "fps"])
    rig = write_session(f"{folder}/nobody", [])
    refused("export", rig, "--to", "csv", code=1, contains=["nobody"])


def check_main_person(folder):
    for value, kept, word in (("longest", 1, "longest"), ("nearest", 1, "nearest"), (4, 4, "by id")):
        rig = write_session(f"{folder}/main_{value}", range(0, 60), main_person=value)
        at, said = motions.Motion(rig).export("trc")
        check(f"main_person {value}", os.listdir(at) == [f"walk_person{kept}.trc"] and f"person {kept} of 2 is kept (main_person, {word})" in said, said)
        at, _ = motions.Motion(rig).export("csv")
        check(f"main_person {value} of CSV", {i for _, i in readers.read_csv(f"{at}/walk.csv")[1]} == {kept})
    session.dump(rig, {**session.load(rig), "main_person": 3})
    refused("export", rig, "--to", "trc", code=1, contains=["main_person", "id 3"])
    session.dump(rig, {**session.load(rig), "main_person": "tallest"})
    refused("export", rig, "--to", "trc", code=2, contains=["main_person", "longest, nearest"])


def check_left_over(folder):
    """Files of an earlier export are told; a failure leaves those that are there as they are."""
    rig = write_session(f"{folder}/again", range(0, 40))
    at, _ = motions.Motion(rig).export("trc")
    session.dump(rig, {**session.load(rig), "main_person": 4})
    before = session.tree_bytes(at)
    _, said = motions.Motion(rig).export("trc")
    check("an earlier export's file is told", "walk_person1.trc" in said, said)
    check("equal inputs, equal bytes", session.tree_bytes(at) == before)
    with open(f"{folder}/again/out/70_people3d.yaml", "a", encoding="utf-8") as stream:
        stream.write("  - {frame: 3}\n")
    refused("export", rig, "--to", "trc", code=1, contains=["70_people3d.yaml", "frame"])
    check("a failure changes nothing", session.tree_bytes(at) == before)


def check_brief_person(folder):
    """Who is there too briefly for bones is left out of BVH and glTF, and told; the others are written."""
    rig = write_session(f"{folder}/brief", range(0, 60))
    path = f"{folder}/brief/out/70_people3d.yaml"
    people = session.load(path)
    seen = 0
    for frame in people["frames"]:
        seen += any(person["id"] == 4 for person in frame["people"])
        frame["people"] = [person for person in frame["people"] if person["id"] != 4 or seen <= 3]
    session.dump(path, people)
    for form, files in (("bvh", ["walk_person1.bvh"]), ("gltf", ["walk.glb"])):
        at, said = motions.Motion(rig).export(form)
        check(f"{form} leaves out who was there for 3 frames", "person 4 is left out" in said and "1 of 2 people" in said, said)
        check(f"{form} has the other", sorted(os.listdir(at)) == files, os.listdir(at))
    session.dump(rig, {**session.load(rig), "main_person": 4})
    refused("export", rig, "--to", "bvh", code=1, contains=["nobody is left to export"])


def check_full_disk(folder):
    """No file may grow beyond some bytes, as on a full disk: every format fails, names its file, and leaves what an earlier export made."""
    def little_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))

    motion = motions.Motion(write_session(f"{folder}/disk", range(0, 60)))
    for to, name in (("trc", "walk_person1.trc"), ("c3d", "walk_person1.c3d"), ("bvh", "walk_person1.bvh"), ("gltf", "walk.glb"), ("csv", "walk.csv"),
                     ("npz", "walk.npz"), ("easymocap-json", ".json")):
        at, _ = motion.export(to)
        before = session.tree_bytes(at)
        refused("export", motion.rig, "--to", to, code=1, contains=["cannot write", f"{name}'", "File too large"], preexec_fn=little_room)
        check(f"{to}: a full disk changes nothing", session.tree_bytes(at) == before)


def main():
    folder = session.folder()
    check_brief_person(folder)
    motions.check_all(write_session(f"{folder}/plain", range(0, 90)), "every frame, 29.97")
    motions.check_all(write_session(f"{folder}/step", range(7, 187, 2), fps=60.0), "every second frame from 7 on")
    motions.check_all(write_session(f"{folder}/early", range(-12, 60), fps=25), "from before the clock")
    stale = motions.check_all(write_session(f"{folder}/refined", range(0, 90), motion={}), "a stale 80_motion.yaml is not there")
    check("what is not there is not taken", stale.source == "70_people3d.yaml")
    check_refusals(folder)
    check_main_person(folder)
    check_left_over(folder)
    check_full_disk(folder)
    session.finish()


main()
