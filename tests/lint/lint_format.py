"""The code is as clang-format 14 writes it."""
import shutil
import subprocess
import sys
import tree

if not shutil.which("clang-format"):
    print("skipped: no clang-format")
    sys.exit(77)
problems, looked = [], 0
for path in tree.files(".c", ".h", ".cpp", ".hpp"):
    looked += 1
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", path], cwd=tree.ROOT, capture_output=True, text=True)
    if done.returncode:
        problems.append(done.stderr.splitlines()[0])
tree.finish(problems, looked)
