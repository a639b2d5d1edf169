"""`rigpose pick` on a real rig: the treadmill's corners clicked in four views, by mouse and by keys, and the cameras that they lead to."""
import os

import browser
import picking
import session
from session import check, check_at_most

VIEWS = ["cam01", "cam02", "cam03", "cam04"]
AGREE_PX = 0.5  # of cameras by clicks and by typed numbers; pixels are clicked within 0.1 px

if browser.missing():
    print(f"skipped: {browser.missing()}")
    raise SystemExit(session.SKIPPED)
source = session.real_data("pose2sim")
reference = session.load(f"{source}/reference_calib.yaml")
scene = {f"s{i}": p for i, p in enumerate(reference["scene_points_m"])}
pixels = {v: dict(zip(scene, reference["cameras"][v]["projected_scene_points_px"])) for v in VIEWS}


def boards_of(view):
    at = f"{source}/intrinsics/{view}"
    return [f"{at}/{name}" for name in session.natural(os.listdir(at))]


def session_make(folder, points):
    session.dump(f"{folder}/points.yaml", points)
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v]} for v in VIEWS},
        "board": {"kind": "chessboard", "corners": [4, 7], "square_m": 0.06},
        "recordings": {"board": {v: boards_of(v) for v in VIEWS}, "walk": {v: f"{source}/videos/{v}.mp4" for v in VIEWS}},
        "intrinsics": {"from": "board", "lens": "pinhole5"}, "extrinsics": {"world": {"points": "points.yaml"}}, "take": "walk"})
    for stage in ("corners", "intrinsics"):
        session.rigpose(stage, f"{folder}/rig.yaml")


typed = session.folder()
session_make(typed, {"points": scene, "pixels": pixels})
session.rigpose("extrinsics", f"{typed}/rig.yaml")
for how in ("mouse", "keys"):
    folder = session.folder()
    session_make(folder, {"points": scene, "pixels": {}})
    pick = picking.Pick(f"{folder}/rig.yaml")
    told = browser.drive("pick_page.mjs", address=pick.address, do=[how, "save", "done"], views=VIEWS,
                         targets={v: list(pixels[v].items()) for v in VIEWS}, width=1280, height=900)
    check(f"{how}: ended by the page", pick.stop(None)[0] == 0)
    check(f"{how}: no complaint of the browser, nothing asked of others", not told["complaints"] and not told["foreign"], told)
    print(f"{how}: {told['fit']}")
    session.rigpose("extrinsics", f"{folder}/rig.yaml")
    check_at_most(f"{how}: the cameras by clicks and by typing, px", picking.apart_px(f"{folder}/out", f"{typed}/out", list(scene.values())), AGREE_PX)
session.finish()
