"""Files stay under 400 lines, functions fit a screen."""
import re
import tree

FILE_MAX, FUNCTION_MAX = 400, 75

problems, looked = [], 0
for path in tree.files(".c", ".h", ".cpp", ".hpp", ".py", ".sh"):
    lines = tree.read(path).split("\n")
    looked += 1
    if len(lines) > FILE_MAX + 1:
        problems.append(f"{path}: {len(lines)} lines, at most {FILE_MAX}")
    if not path.endswith((".c", ".cpp")):
        continue
    start = None
    for number, line in enumerate(lines, 1):
        if re.match(r"^[A-Za-z].*\)\s*\{$|^\s{4,}[^;]*\)\s*\{$", line) and start is None and not line.startswith(" "):
            start = number
        if line == "}" and start:
            if number - start > FUNCTION_MAX:
                problems.append(f"{path}:{start}: a function of {number - start} lines, at most {FUNCTION_MAX}")
            start = None
tree.finish(problems, looked)
