"""What the lints share: the tracked source files of the tree, and how they report."""
import os
import subprocess
import sys

ROOT = sys.argv[1] if len(sys.argv) > 1 else os.getcwd()
ROOMS = ["core", "cv", "nn", "calib", "pose", "triangulate", "checks", "io", "report", "app", "tools/synth", "tools/evaluate",
         "tools/commands"]


def room_of(path):
    """The room a source file or an include is in, or its first folder."""
    return next((room for room in ROOMS if path.startswith(room + "/")), path.split("/")[0])


def files(*endings):
    """Paths from the root of tracked and not ignored files with one of the endings, in order."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, text=True)
    if listed.returncode:
        print("skipped: not a git checkout")
        sys.exit(77)
    return sorted(f for f in listed.stdout.split("\n") if f.endswith(endings) and os.path.exists(os.path.join(ROOT, f)))


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as stream:
        return stream.read()


def finish(problems, looked_at):
    """Fail where there are problems, and where nothing was looked at: a lint that sees no file cannot fail."""
    for problem in problems:
        print(problem)
    print(f"{looked_at} files, {len(problems)} problems")
    sys.exit(1 if problems or not looked_at else 0)
