"""`rigpose pick`: who may ask its server and what, and its page in a browser: clicks, keys, tabs, tiles, files that cannot be written."""
import json
import os
import signal
import threading

import cv2
import numpy as np

import browser
import picking
import session
from session import check, check_at_most

VIEWS = ["a", "b", "c", "d"]
POINTS = {"s0": [-1, -1, 0], "s1": [1, -1, 0], "s2": [1, 1, 0], "s3": [-1, 1, 0], "s4": [0, 0, 0.5], "s5": [0.5, -0.5, 1], "s6": [-0.5, 0.25, 0.75]}
K = [300.0, 300.0, 159.5, 119.5]
TYPED = "# measured by tape\npoints:   # metres\n" + "".join(f"  {n}: {p}  # {n}\n" for n, p in POINTS.items()) + "pixels: {}\n"
CLICK_PX = 0.25  # the page tells the pointer's place to 0.1 px, and the pointer stands within 1.2 of a screen's pixels, at eight a pixel
AGREE_PX = 0.5  # of what is clicked and what is typed; a click is within 0.1 px, and points stand 4 m away


def pose(k):
    """Four cameras around the origin, 4 m away, 2 m up."""
    angle = 0.3 + k * np.pi / 2
    centre = np.array([4 * np.cos(angle), 4 * np.sin(angle), 2.0])
    z = -(centre - [0, 0, 0.4]) / np.linalg.norm(centre - [0, 0, 0.4])
    x = np.cross(z, [0, 0, 1])
    x /= np.linalg.norm(x)
    R = np.array([x, np.cross(z, x), z])
    return {"rvec": cv2.Rodrigues(R)[0].ravel().tolist(), "t_m": (-R @ centre).tolist()}


def session_make(folder, points=TYPED):
    """Four tiles in one feed, three pictures; lenses that are known."""
    rng = np.random.default_rng(1)
    os.makedirs(f"{folder}/out", exist_ok=True)
    for i in range(3):
        cv2.imwrite(f"{folder}/{i}.png", cv2.resize(rng.integers(0, 255, (24, 32, 3), np.uint8), (640, 480), interpolation=cv2.INTER_NEAREST))
    with open(f"{folder}/rig.yaml", "w", encoding="utf-8") as stream:
        stream.write("schema: rigpose/rig/1\n# one recorder, four cameras\nfeeds: {quad: {grid: [2, 2], views: [a, b, c, d], fps: 25}}\n"
                     "recordings: {walk: {quad: '%d.png'}}   # three pictures\n"
                     "extrinsics: {world: {points: points.yaml}}\ntake: walk\n")
    if points is not None:
        with open(f"{folder}/points.yaml", "w", encoding="utf-8") as stream:
            stream.write(points)
    session.dump(f"{folder}/out/30_intrinsics.yaml", {"schema": "rigpose/intrinsics/1", "cameras": {
        v: {"size": [320, 240], "lens": "pinhole0", "K": K, "dist": [], "rms_px": 0.1, "n_frames": 9} for v in VIEWS}})
    return f"{folder}/rig.yaml"


def pixels_of(view):
    camera = {"K": K, "dist": [0.0] * 5, "Rt_cam_world": pose(VIEWS.index(view))}
    return dict(zip(POINTS, picking.look(camera, list(POINTS.values())).round(2).tolist()))


folder = session.folder()
rig = session_make(folder)
targets = {v: list(pixels_of(v).items()) for v in VIEWS}
check("all points are in all pictures", all(0 < x < 319 and 0 < y < 239 for v in VIEWS for _, (x, y) in targets[v]))

# --- who may ask ---
pick = picking.Pick(rig)
check("the address", pick.address.startswith("http://127.0.0.1:") and len(pick.token) == 32, pick.address)
code, headers, _ = pick.ask("")
check("the page is there, and asks nothing of others", code == 200 and "default-src 'none'" in headers["Content-Security-Policy"], headers)
state = json.loads(pick.ask("state")[2])
check("the points are there", [p["name"] for p in state["points"]] == list(POINTS), state["points"])
others = picking.Pick(rig)
check("another start, another token", others.token != pick.token)
others.stop()
for what, token in (("no", ""), ("another", "0" * 32), ("a short", pick.token[:-1]), ("a long", pick.token + "0")):
    check(f"{what} token is refused", pick.ask("state", token=token)[0] == 403)
check("without a path too", pick.raw(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").startswith(b"HTTP/1.1 403"))
for host in ("evil.example", f"evil.example:{pick.port}", "127.0.0.1.evil.example", "localhost.evil.example:80", "127.0.0.1:80@evil.example", ""):
    check(f"Host '{host}' is refused", pick.ask("state", host=host)[0] in (400, 403))
for host in (f"localhost:{pick.port}", "127.0.0.1:8080", "[::1]:80"):
    check(f"Host '{host}' is taken: it may be a tunnel's end", pick.ask("state", host=host)[0] == 200)
listening = os.popen(f"ss -Hltn 'sport = :{pick.port}' 2>/dev/null").read()
check("it listens on 127.0.0.1 alone", not listening or ("127.0.0.1" in listening and "0.0.0.0:*" not in listening.split()[3]), listening)

# --- what may be asked ---
for path in ("../../etc/passwd", "pick/../../../etc/passwd", "pick/%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fetc%2fpasswd", "pick//main.js", "pick/", "nothing", "state/"):
    check(f"no such path: {path}", pick.ask(path)[0] == 404)
check("a method beside GET and POST", pick.ask("state", "DELETE")[0] == 405)
check("a GET of what is to be POSTed, and the reverse", pick.ask("save")[0] == 404 and pick.ask("state", "POST", b"{}")[0] == 404)
check("a body that is announced as too large", pick.ask("solve", "POST", b"x" * ((1 << 20) + 1))[0] in (0, 413) and pick.alive())
check("a number of bytes that overflows", pick.raw(f"POST /{pick.token}/solve HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999999999999\r\n\r\n".encode())[:12] != b"HTTP/1.1 200")
chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
pick.raw(f"POST /{pick.token}/solve HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + chunk * 20 + b"0\r\n\r\n")
check("a body in pieces that adds up to too much", pick.alive() and pick.ask("state")[0] == 200)
check("a head that is too large", pick.raw(b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n")[:12] != b"HTTP/1.1 200" and pick.alive())
check("no HTTP at all", pick.raw(b"\x16\x03\x01\x00\xff\x00" * 50)[:12] != b"HTTP/1.1 200" and pick.alive())

BAD = {
    "no JSON": b"{", "a list": b"[]", "nothing": b"", "not UTF-8": b'{"points": [{"name": "\xff", "p": [1, 2, 3]}]}',
    "deep": b"[" * 100000, "a point without a place": b'{"points": [{"name": "a"}]}', "two of a name": b'{"points": [{"name": "a", "p": [1,2,3]}, {"name": "a", "p": [1,2,3]}]}',
    "a place that is no number": b'{"points": [{"name": "a", "p": [1, 2, "3"]}]}', "a huge number": b'{"points": [{"name": "a", "p": [1, 2, 1e300]}]}',
    "an infinite one": b'{"points": [{"name": "a", "p": [1, 2, 1e999]}]}', "a name with a slash": b'{"points": [{"name": "a/b", "p": [1, 2, 3]}]}',
    "an empty name": b'{"points": [{"name": "", "p": [1, 2, 3]}]}', "a long name": b'{"points": [{"name": "%s", "p": [1, 2, 3]}]}' % (b"n" * 64),
    "a name that ends a line": b'{"points": [{"name": "a\\nb: 1", "p": [1, 2, 3]}]}', "a window of no view": b'{"rects": {"z": [0, 0, 1, 1]}}',
    "a pixel of no point": b'{"points": [], "pixels": {"a": {"s": [1, 2]}}}', "too many": json.dumps({"points": [{"name": f"p{i}", "p": [0, 0, 0]} for i in range(1001)]}).encode(),
    "a window of half pixels": b'{"rects": {"a": [0.5, 0, 10, 10]}}', "an empty window": b'{"rects": {"a": [0, 0, 0, 10]}}',
}
for what, body in BAD.items():
    for path in ("solve", "save", "rects"):
        code, _, said = pick.ask(path, "POST", body)
        check(f"{path}: {what} is refused in words", code == 400 and json.loads(said)["error"], (code, said))
with open(f"{folder}/points.yaml", encoding="utf-8") as stream:
    check("none of it was written", stream.read() == TYPED)
for query in ("", "view=z&recording=walk", "view=a&recording=z", "view=a&recording=walk&at=-1", "view=a&recording=walk&at=1e9", "view=a&recording=walk&at=3", "feed=z&recording=walk"):
    code, _, said = pick.ask(f"picture?{query}")
    check(f"picture?{query} is refused in words", code == 400 and json.loads(said)["error"], (code, said))
code, headers, picture = pick.ask("picture?view=b&recording=walk&at=1")
decoded = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
expected = cv2.imread(f"{folder}/1.png")[:240, 320:]
check("a view's picture", headers["Content-Type"] == "image/jpeg" and decoded.shape == expected.shape and np.abs(decoded.astype(int) - expected).mean() < 4)
check("its feed's", cv2.imdecode(np.frombuffer(pick.ask("picture?feed=quad&recording=walk&at=0")[2], np.uint8), 1).shape == (480, 640, 3))
fits = json.loads(pick.ask("solve", "POST", json.dumps({"points": [{"name": n, "p": p} for n, p in POINTS.items()], "pixels": {
    "a": pixels_of("a"), "b": dict(list(pixels_of("b").items())[:3])}}).encode())[2])
check_at_most("the fit of exact pixels, px", fits["a"]["rms_px"], 0.01)
check("a view of too few points says so", not fits["b"]["placed"] and "3 of at least 4" in fits["b"]["why"], fits["b"])
check("one that nobody clicked", fits["c"]["n"] == 0 and fits["c"]["why"], fits["c"])

# Names that YAML would take for something else, and a view of another rig that shares the file.
NAMES = ["no", "1", "~", "a: b", "#x", "- x", '"q"', "'", "[a]", "caf\u00e9", "x y", "*p", "{", "null", "1e3", "%d", "\\"]
body = {"points": [{"name": n, "p": [i, 0.1, -2.5e-7]} for i, n in enumerate(NAMES)], "pixels": {"other": {n: [i, 0.25] for i, n in enumerate(NAMES)}, "a": {"no": [1, 2]}}}
code, _, said = pick.ask("save", "POST", json.dumps({**body, "over": True}).encode())
written = session.load(f"{folder}/points.yaml")
check("names of any kind are read back by another reader", code == 200 and written["points"] == {p["name"]: p["p"] for p in body["points"]} and written["pixels"] == body["pixels"], written)
with open(f"{folder}/points.yaml", "w", encoding="utf-8") as stream:
    stream.write(TYPED)
check("a file that changed is not overwritten", pick.ask("save", "POST", json.dumps({**body, "revision": json.loads(said)["revision"]}).encode())[0] == 409)
code, said = pick.stop()
check("Ctrl-C ends it", code == 0 and said.count("\n") == 2, said)
pick = picking.Pick(rig)
check("SIGTERM ends it", pick.stop(signal.SIGTERM)[0] == 0)
pick = picking.Pick(rig)
check("the page's word ends it", pick.ask("done", "POST", b"{}")[0] == 200 and pick.stop(None)[0] == 0)

session.dump(f"{folder}/plain.yaml", {"schema": "rigpose/rig/1", "feeds": {"q": {"views": ["a"]}}, "recordings": {"w": {"q": ["0.png"]}}})
session.refused("pick", f"{folder}/plain.yaml", code=2, contains=["nothing to pick", "extrinsics: {world: {points: FILE}}"])
with open(f"{folder}/points.yaml", "w", encoding="utf-8") as stream:
    stream.write("points: {a: [1, 2]}\npixels: {}\n")
session.refused("pick", rig, code=1, contains=["points.yaml:1: points.a"])

# --- the page ---
if browser.missing():
    session.leave_out(browser.missing())
    session.finish()


def page(rig_path, *deeds, stop=True, refused=0, **more):
    """Start, do, and stop; what the page told. The browser may complain of as many requests as the server refuses."""
    running = picking.Pick(rig_path)
    told = browser.drive("pick_page.mjs", address=running.address, do=deeds, views=VIEWS, **more)
    check(f"{deeds}: no complaint of the browser", len(told["complaints"]) == refused, told["complaints"])
    check(f"{deeds}: nothing is asked of anybody else", not told["foreign"], told["foreign"])
    if stop:
        running.stop()
    return told, running


def points_text(where):
    with open(f"{where}/points.yaml", encoding="utf-8") as stream:
        return stream.read()


by_typing = session.folder()
session_make(by_typing)
session.dump(f"{by_typing}/points.yaml", {"points": POINTS, "pixels": {v: pixels_of(v) for v in VIEWS}})
session.rigpose("extrinsics", f"{by_typing}/rig.yaml")
for how in ("mouse", "keys"):
    made = session.folder()
    session_make(made)
    told, ended = page(f"{made}/rig.yaml", how, "undo", "drag", "save", "done", stop=False, targets=targets)
    code, said = ended.stop(None)
    check(f"{how}: Done ends it", code == 0, said)
    check(f"{how}: undo and redo", (told["cleared"], told["undone"], told["redone"], told["undoneByButton"]) == (1, 0, 1, 0), told)
    check(f"{how}: a click is dragged", np.hypot(*np.subtract(told["dragged"], [6, 4])) < 1, told["dragged"])
    check(f"{how}: Tab goes through the points", told["tabbed"] == list(POINTS)[1:4], told["tabbed"])
    check(f"{how}: the page tells the fit", "7 of 7 points clicked; they fit with rms 0." in told["fit"], told["fit"])
    text = points_text(made)
    check(f"{how}: what was written by hand stays", all(line in text for line in TYPED.splitlines() if not line.startswith("pixels")), text)
    clicked = session.load(f"{made}/points.yaml")["pixels"]
    off = max(np.hypot(*np.subtract(clicked[v][n], q)) for v in VIEWS for n, q in targets[v])
    check_at_most(f"{how}: clicks, px", off, CLICK_PX)
    session.rigpose("extrinsics", f"{made}/rig.yaml")
    check_at_most(f"{how}: the cameras by clicks and by typing, px", picking.apart_px(f"{made}/out", f"{by_typing}/out", list(POINTS.values())), AGREE_PX)

fresh = session.folder()
session_make(fresh, points=None)
told, _ = page(f"{fresh}/rig.yaml", "type", "save", "picture")
check("a point typed in", session.load(f"{fresh}/points.yaml")["points"] == {"door": [1.25, -0.5, 0]}, points_text(fresh))
check("a floor point is named", "door" in told["floor"], told["floor"])
check("one without a place is not saved", "has no x, y, z yet" in told["incomplete"], told["incomplete"])
check("the next picture", told["number"] == "2", told)

told, _ = page(f"{fresh}/rig.yaml", "mistype")
check("what is no coordinate is told", "'door': '2..5' is no coordinate" in told["mistyped"], told["mistyped"])
check("and stays to be mended, until it is undone", (told["keptTyped"], told["untyped"]) == ("2..5", "1.25"), told)
check("and nothing is saved of it", session.load(f"{fresh}/points.yaml")["points"] == {"door": [1.25, -0.5, 0]}, points_text(fresh))

told, _ = page(f"{fresh}/rig.yaml", "tabs", refused=1)
check("two tabs: the second is told", "was changed since" in told["conflict"], told["conflict"])
check("two tabs: what the first saved is there", told["names"] == ["door", "of_first"], told["names"])

# Nothing can be written to any file.
running = picking.Pick(f"{fresh}/rig.yaml", file_bytes=0)
before = points_text(fresh)
told = browser.drive("pick_page.mjs", address=running.address, do=["type", "refusedSave"], views=VIEWS, name="gate")
check("a file that cannot be written is told", "Cannot write" in told["refused"] and "points.yaml" in told["refused"] and told["saveLabel"] == "Save", told)
running.stop()
check("and its reason", "File too large" in told["refused"], told["refused"])
check("and stays, without leftovers", points_text(fresh) == before and not [n for n in os.listdir(fresh) if ".tmp-" in n], os.listdir(fresh))

# The server goes while there are clicks: they can be copied.
running = picking.Pick(f"{fresh}/rig.yaml")
threading.Timer(4, running.stop).start()
told = browser.drive("pick_page.mjs", address=running.address, do=["type", "gone"], views=VIEWS, name="gate")
check("a server that has gone is told, and what was typed is there to copy", "was stopped" in told["gone"] and "gate" in told["kept"], told)

# An edge dragged and numbers typed become windows; what else the rig says stays.
tiled = session.folder()
session_make(tiled)
told, _ = page(f"{tiled}/rig.yaml", "tiles", "save", feed="quad", drags=[[[319.5, 100], [309.5, 100]]], typed=[["x of d", 330], ["width of d", 310]])
config = session.load(f"{tiled}/rig.yaml")
check("windows are in the rig", config["views"] == {"a": {"rect": [0, 0, 310, 240]}, "d": {"rect": [330, 240, 310, 240]}}, config.get("views"))
with open(f"{tiled}/rig.yaml", encoding="utf-8") as stream, open(rig, encoding="utf-8") as was:
    check("and the rest stays to the byte", stream.read().startswith(was.read()))
session.rigpose("crop", f"{tiled}/rig.yaml")
check("crop takes them", session.load(f"{tiled}/out/10_feeds.yaml")["recordings"]["walk"]["a"]["size"] == [310, 240])
session.finish()
