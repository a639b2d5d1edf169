"""Clocks from what videos hold beside pictures: their sound, their time codes, and the dates that their containers state."""
import shutil
import subprocess
import wave

import numpy as np

import session
from session import check, check_at_most, refused, rigpose

RATE = 16000  # samples a second
SECONDS = 30
VIEWS = {"c1": (10, 0, 25, "aac", "mp4"), "c2": (21.4321, 80e-6, 30, "pcm_s16le", "mov"), "c3": (2.5, -60e-6, 50, "aac", "mkv")}  # start s, drift, fps
WITHIN_S = 0.002  # of sound: the length of a video's sound packets cannot be seen in it

if not shutil.which("ffmpeg"):
    session.leave_out("no ffmpeg to make videos with sound")
    session.finish()


def scene(seed):
    """A minute in which something sounds now and then."""
    rng = np.random.default_rng(seed)
    x = np.zeros(60 * RATE)
    for _ in range(80):
        at, n = rng.integers(0, 59 * RATE), int(rng.uniform(.01, .2) * RATE)
        x[at:at + n] += rng.normal(size=n) * np.exp(-np.arange(n) / (n / 4)) * 10 ** rng.uniform(-1.5, -.3)
    return x


def sound_of(x, start, drift, seed):
    """What a recorder a few metres away hears: echoes and noise as well."""
    rng = np.random.default_rng(seed)
    t = start + np.arange(SECONDS * RATE) / RATE * (1 + drift)
    y = np.interp(t * RATE, np.arange(len(x)), x)
    echoes = np.zeros(RATE // 5)
    echoes[0] = 1
    echoes[rng.integers(100, len(echoes), 30)] += rng.normal(size=30) * .2
    return np.convolve(y, echoes)[:len(y)] + rng.normal(size=len(y)) * .003


def video_write(path, fps, samples=None, codec=None, more=()):
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i", f"color=c=gray:s=64x48:r={fps}:d={SECONDS}"]
    if samples is not None:
        with wave.open(path + ".wav", "wb") as f:
            f.setnchannels(1)
            f.setsampwidth(2)
            f.setframerate(RATE)
            f.writeframes((np.clip(samples, -1, 1) * 32000).astype("<i2").tobytes())
        command += ["-i", path + ".wav", "-c:a", codec, "-shortest"]
    subprocess.run([*command, "-c:v", "mpeg4", *more, path], check=True)


def rig_of(folder, videos, source, **more):
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v]} for v in videos}, "recordings": {"walk": videos}, "take": "walk",
        "keypoints": {"source": "onnx"}, "sync": {"from": source}, **more})
    return f"{folder}/rig.yaml"


folder = session.folder()
x = scene(1)
for i, (view, (start, drift, fps, codec, ending)) in enumerate(VIEWS.items()):
    video_write(f"{folder}/{view}.{ending}", fps, sound_of(x, start, drift, 10 + i), codec)
videos = {v: f"{v}.{c[4]}" for v, c in VIEWS.items()}
rig = rig_of(folder, videos, "sound")
told = rigpose("sync", rig).stderr
check("it is told", "sync: clocks of 3 of 3 views, from sound" in told, told)
views = session.load(f"{folder}/out/65_sync.yaml")["views"]
for view, (start, drift, *_) in VIEWS.items():
    for t in (0, SECONDS):
        late = views[view]["offset_s"] + 1e-6 * views[view]["drift_ppm"] * t - (start - 10) - drift * t
        check_at_most(f"{view} after {t} s, s", abs(late), WITHIN_S)
check("the way of the sound is in the sigma", 0.006 <= views["c2"]["sigma_s"] < 0.008 and views["c2"]["from"] == "sound", views["c2"])
before = session.tree_bytes(f"{folder}/out")
rigpose("sync", rig)
check("equal bytes", before == session.tree_bytes(f"{folder}/out"))

# A view without sound, and one that heard something else.
video_write(f"{folder}/mute.mp4", 25)
video_write(f"{folder}/else.mp4", 25, sound_of(scene(2), 10, 0, 3), "aac")
rig = rig_of(folder, {**videos, "c4": "mute.mp4", "c5": "else.mp4"}, "sound")
told = rigpose("sync", rig).stderr
check("they are refused", session.load(f"{folder}/out/65_sync.yaml")["refused"] == {"c4": "silent", "c5": "unmatched"}, told)
check("and the silent one told", "view 'c4' is not known: its video has no sound" in told, told)

# Time codes, to a frame; where one lacks them, the dates, to a second.
for name, fps, more in (("t1", 25, ["-timecode", "23:59:58:00"]), ("t2", 30, ["-timecode", "00:00:01:15"]), ("t3", 25, [])):
    video_write(f"{folder}/{name}.mov", fps, more=[*more, "-metadata", f"creation_time=2026-01-02T10:00:0{name[1]}Z"])
rigpose("sync", rig_of(folder, {"c1": "t1.mov", "c2": "t2.mov"}, "stamps"))
late = session.load(f"{folder}/out/65_sync.yaml")["views"]["c2"]
check("time codes over midnight", abs(late["offset_s"] - 3.5) < 1e-6 and 0.01 < late["sigma_s"] < 0.05 and late["from"] == "stamps", late)
told = rigpose("sync", rig_of(folder, {"c1": "t1.mov", "c2": "t2.mov", "c3": "t3.mov", "c4": "mute.mp4"}, "stamps")).stderr
sync = session.load(f"{folder}/out/65_sync.yaml")
check("dates", [sync["views"][v]["offset_s"] for v in ("c1", "c2", "c3")] == [0, 1, 2], sync["views"])
check_at_most("are sure to a second, no better", abs(sync["views"]["c2"]["sigma_s"] - 2 ** .5), 0.01)
check("which is told", "their dates are used, which are whole seconds" in told, told)
check("a video without a date", sync["refused"] == {"c4": "unstamped"}, sync["refused"])

# A clock that is an hour off, as by a time zone, is no clock; and who lacks a stamp is told apart from who has one.
video_write(f"{folder}/hour.mov", 25, more=["-metadata", "creation_time=2026-01-02T11:00:01Z"])
told = rigpose("sync", rig_of(folder, {"c1": "t1.mov", "c2": "t2.mov", "c3": "hour.mov"}, "stamps")).stderr
sync = session.load(f"{folder}/out/65_sync.yaml")
check("an hour's difference is refused", sync["refused"] == {"c3": "overlap"} and list(sync["views"]) == ["c1", "c2"], sync)
check("and told", "view 'c3' began 3600 s after view 'c1', more than sync.search_s (240 s)" in told, told)
told = rigpose("sync", rig_of(folder, {"c1": "t1.mov", "c2": "mute.mp4"}, "stamps"), code=1).stderr
check("only one lacks a stamp", told.count("its video does not say when it was taken") == 1, told)
refused("sync", rig_of(folder, {"c4": "mute.mp4", "c5": "else.mp4"}, "stamps"), code=1, contains=["expected videos that say when they were taken"])
session.finish()
