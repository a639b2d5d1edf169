"""Where the views lie in a feed, and whether they are what they were: tiles of any layout are found, windows over their edges told, and so are
views that are swapped, mirrored, turned, scaled or cut otherwise than in an earlier session, and frames of two fields."""
import os
import shutil

import cv2
import numpy as np

import session
from session import check, dump, load, rigpose

FPS, FRAMES, SIZE = 25, 24, (320, 240)


def room(camera, size=SIZE):
    """What a fixed camera sees: furniture of a room of its own."""
    rng = np.random.default_rng(camera)
    picture = np.full((size[1], size[0], 3), 110 + 10 * camera, np.uint8)
    for _ in range(25):
        x, y, w, h = rng.uniform(0, 0.8), rng.uniform(0, 0.8), rng.uniform(0.05, 0.3), rng.uniform(0.05, 0.3)
        ends = [(int(a * size[0]), int(b * size[1])) for a, b in ((x, y), (x + w, y + h))]
        cv2.rectangle(picture, *ends, [int(v) for v in rng.uniform(40, 240, 3)], -1)
    return cv2.GaussianBlur(picture, (3, 3), 0)


def seen(camera, frame, size=SIZE):
    """The room with somebody who crosses it, and noise."""
    picture = room(camera, size).astype(float)
    x = int(size[0] * ((0.03 * frame + 0.2 * camera) % 0.8))
    picture[size[1] // 4:, x:x + size[0] // 8] = (200, 190, 60)
    noise = np.random.default_rng(1000 * camera + frame).normal(0, 1.5, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def video(path, pictures):
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"MJPG"), FPS, (width, height))
    for picture in pictures:
        writer.write(picture)
    writer.release()


def composite(windows, size, frame):
    """Views put into a black picture: windows [(x, y, w, h)]."""
    picture = np.full((size[1], size[0], 3), 16, np.uint8)
    for camera, (x, y, w, h) in enumerate(windows):
        picture[y:y + h, x:x + w] = seen(camera, frame, (w, h))
    return picture


def folder(name):
    shutil.rmtree(name, ignore_errors=True)
    os.makedirs(name)
    return name


def warnings(command, rig):
    done = rigpose(command, rig, code=None)
    return [line for line in done.stderr.splitlines() if line.startswith("warning: ")]


def layouts():
    even = [(0, 0, 320, 240), (320, 0, 320, 240), (0, 240, 320, 240), (320, 240, 320, 240)]
    large = [(0, 0, 480, 360), (480, 0, 240, 180), (480, 184, 240, 176), (40, 368, 400, 200)]
    pillars = [(40, 0, 320, 240), (440, 0, 320, 240), (40, 240, 320, 240), (440, 240, 320, 240)]
    for name, windows, size in (("even", even, (640, 480)), ("large", large, (720, 580)), ("pillars", pillars, (800, 480))):
        video(f"{folder(name)}/quad.avi", [composite(windows, size, f) for f in range(FRAMES)])
        rigpose("init", name)
        rig = load(f"{name}/rig.yaml")
        check(f"{name}: four views", rig["feeds"]["quad"]["views"] == [f"quad_{k}" for k in range(1, 5)], rig["feeds"])
        rects = [tuple(view["rect"]) for view in (rig.get("views") or {}).values()]
        check(f"{name}: as they lie", rects == ([] if name == "even" else windows), rects)
        check(f"{name}: a grid where it is one", ("grid" in rig["feeds"]["quad"]) == (name == "even"))
        if name == "large":
            dump("large/grid.yaml", {"schema": "rigpose/rig/1", "feeds": {"quad": {"grid": [2, 2], "views": list("abcd")}},
                                     "recordings": {"walk": {"quad": "quad.avi"}}, "take": "walk"})
    over = warnings("check", "large/grid.yaml")
    check("a grid over uneven tiles is told", len(over) == 1 and "'b', 'c', 'd' reach over" in over[0], over)
    check("with the tiles", "[480, 184, 240, 176]" in over[0], over)
    check("and by crop", warnings("crop", "large/grid.yaml") == over)


def session_write(name, pictures, cameras=None):
    for view, of in pictures.items():
        video(f"{name}/{view}.avi", [of(f) for f in range(FRAMES)])
    rig = {"schema": "rigpose/rig/1", "feeds": {v: {"views": [v]} for v in pictures},
           "recordings": {"walk": {v: f"{v}.avi" for v in pictures}}, "take": "walk"}
    dump(f"{name}/rig.yaml", {**rig, **({"cameras": cameras} if cameras else {})})


def earlier_session():
    views = {v: k for k, v in enumerate(("a", "b", "c", "d", "e", "f"))}
    session_write(folder("monday"), {v: lambda f, k=k: seen(k, f) for v, k in views.items()})
    rigpose("crop", "monday/rig.yaml")
    look = load("monday/out/10_feeds.yaml")["recordings"]["walk"]["a"]
    check("10_feeds.yaml keeps what a view shows", len(look["thumbnail"]) == 2 * 24 * 24 and "content" not in look, look)
    dump("monday/out/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": {
        v: {"size": list(SIZE), "lens": "pinhole0", "K": [300, 300, 160, 120], "dist": [],
            "Rt_cam_world": {"rvec": [0, 0, 0], "t_m": [float(k), 0, 0]}} for v, k in views.items()}})
    calibration = "../monday/out/cameras.yaml"

    same = {v: lambda f, k=k: np.clip(0.7 * seen(k, f + 7) + 40, 0, 255).astype(np.uint8) for v, k in views.items()}
    session_write(folder("tuesday"), same, calibration)
    check("the same cameras in other light", not warnings("crop", "tuesday/rig.yaml"))

    half = lambda f: cv2.resize(seen(4, f)[30:210, 40:280], SIZE)
    bars = lambda f: cv2.copyMakeBorder(cv2.resize(seen(5, f), (240, 240)), 0, 0, 40, 40, cv2.BORDER_CONSTANT, value=(16, 16, 16))
    spoiled = {"a": same["b"], "b": same["a"], "c": lambda f: seen(2, f)[:, ::-1], "d": lambda f: seen(3, f)[::-1, ::-1],
               "e": half, "f": bars}
    session_write(folder("wednesday"), spoiled, calibration)
    told = warnings("crop", "wednesday/rig.yaml")
    for view, words in (("a", "view 'b' shows"), ("b", "view 'a' shows"), ("c", "mirrored left to right"),
                        ("d", "turned by 180 degrees"), ("e", "scaled by about 1.3"), ("f", "black borders leave [40, 0, 240, 240]")):
        mine = [w for w in told if f"view '{view}'" in w.split(" shows ")[0].split(": black")[0]]
        check(f"wednesday: {view}: {words}", len(mine) == 1 and words in mine[0] and "monday" in mine[0], told)
    check("check says the same", warnings("check", "wednesday/rig.yaml") == told)

    kept = load("monday/out/10_feeds.yaml")
    kept["recordings"]["walk"]["a"]["thumbnail"] = "00"
    shutil.copy("monday/out/10_feeds.yaml", "monday/whole.yaml")
    dump("monday/out/10_feeds.yaml", kept)
    told = warnings("check", "wednesday/rig.yaml")
    check("an earlier session that cannot be read is told", len(told) == 1 and "not compared" in told[0] and "hexadecimal" in told[0], told)
    shutil.move("monday/whole.yaml", "monday/out/10_feeds.yaml")

    os.remove("wednesday/a.avi")
    rigpose("crop", "wednesday/rig.yaml", code=None)
    kept = load("wednesday/out/10_feeds.yaml")["recordings"]["walk"]
    check("a look outlives its footage", "thumbnail" in kept["a"])
    check("black borders are kept", kept["f"]["content"] == [40, 0, 240, 240], kept["f"].get("content"))


def fields():
    def woven(f):
        picture, late = seen(0, f), seen(0, f + 1)
        picture[1::2] = late[1::2]
        return picture

    def blinds(f):
        picture = seen(2, f)
        picture[20:120:2, 200:300], picture[21:120:2, 200:300] = 60, 180
        return picture
    session_write(folder("fields"), {"a": woven, "b": lambda f: seen(1, f), "c": blinds})
    told = warnings("crop", "fields/rig.yaml")
    check("frames of two fields are told", len(told) == 1 and "view 'a'" in told[0] and "other line" in told[0], told)


os.chdir(session.folder())
layouts()
earlier_session()
fields()
session.finish()
