"""Pages in Chromium, by playwright-core, which `./run people` gets."""
import json
import os
import shutil
import subprocess

import session
from session import check

PLAYWRIGHT = "web/node_modules/playwright-core/index.mjs"
CHROMIUM = "/usr/bin/chromium"


def look(page, plain=""):
    """What report_page.mjs saw of a page; None, and the test counts as skipped, where there is no browser. plain: without WebGL."""
    if not os.path.exists(PLAYWRIGHT) or not shutil.which("node") or not os.path.exists(CHROMIUM):
        session.leave_out("no Chromium, node or playwright-core (`./run people` gets it)")
        return None
    done = subprocess.run(["node", "tests/e2e/report_page.mjs", os.path.abspath(PLAYWRIGHT), page, *[plain][:len(plain)]], capture_output=True, text=True, timeout=240)
    check(f"{page} opens", done.returncode == 0, done.stderr)
    return json.loads(done.stdout)


def report_check(what, page, sections, plain=""):
    """A report opens offline with these sections, says nothing on the console, and the keyboard suffices."""
    seen = look(page, plain)
    if seen is None:
        return
    check(f"{what}: sections", set(seen["sections"]) == sections, seen["sections"])
    check(f"{what}: nothing on the console", not [s for s in seen["said"] if "GPU stall" not in s], seen["said"])
    check(f"{what}: nothing is fetched", seen["asked"] == [], seen["asked"])
    check(f"{what}: 3D, or plans in its place", (seen["canvas3d"], seen["plans"]) == ((0, 2) if plain else (1, 0)), [seen["canvas3d"], seen["plans"]])
    check(f"{what}: the keyboard steps, plays and goes back", "frame 1 " in seen["stepped"] and "frame 11 " in seen["stepped_ten"] and seen["back"] and
          seen["played"] and seen["scene_changed"], seen)
    check(f"{what}: looks through the first camera", plain or seen["through"] == "0", seen)
    check(f"{what}: dark and light", seen["theme"] == "dark", seen["theme"])
