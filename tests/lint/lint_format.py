"""The code is as clang-format 14 writes it."""
import shutil
import subprocess
import sys
import tree

if not shutil.which("clang-format"):
    print("skipped: no clang-format")
    sys.exit(77)
files = tree.files(".c", ".h", ".cpp", ".hpp")
done = subprocess.run(["clang-format", "--dry-run", "-Werror", *files], cwd=tree.ROOT, capture_output=True, text=True)
problems = [line for line in done.stderr.split("\n") if "error:" in line]
if done.returncode and not problems:
    problems = [done.stderr]
tree.finish(problems, len(files))
