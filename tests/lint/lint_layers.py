"""Who includes whom (docs/conventions.md): rooms, and the libraries that only one room may know."""
import re
import tree

MATHS = {"core", "cv", "nn", "calib", "pose", "triangulate", "checks"}
MAY = {
    "core": set(), "cv": {"core"}, "nn": {"core", "cv"}, "calib": {"core", "cv"}, "pose": {"core", "cv", "nn"},
    "triangulate": {"core"}, "checks": {"core", "calib", "triangulate"}, "io": {"core", "cv", "nn", "pose", "triangulate", "checks"},
    "report": MATHS | {"io"}, "app": MATHS | {"io", "report"}, "tools/synth": {"core"}, "tools/evaluate": {"core"}, "tools/commands": set(tree.ROOMS),
}
ONLY = [
    (re.compile(r"opencv2/"), re.compile(r"^cv/.*\.(cpp|hpp)$")),
    (re.compile(r"^(lapacke|cblas)\.h$"), re.compile(r"^core/linalg\.c$")),
    (re.compile(r"^libav"), re.compile(r"^cv/(container\.h|(video_container|video_sound|video_luma|web_video)\.c)$")),
    (re.compile(r"^yaml\.h$"), re.compile(r"^io/yaml_.*\.c$")),
    (re.compile(r"^jansson\.h$"), re.compile(r"^(io/imports.*\.[ch]|report/.*\.[ch]|app/pick_json\.c|app/(cmd_)?(report|batch).*\.[ch]|tests/.*\.c)$")),
    (re.compile(r"^microhttpd\.h$"), re.compile(r"^app/pick_server\.c$")),
    (re.compile(r"^toml\+\+/"), re.compile(r"^io/foreign_toml\.cpp$")),
    (re.compile(r"^expat\.h$"), re.compile(r"^io/foreign_xml\.c$")),
    (re.compile(r"^openssl/"), re.compile(r"^io/.*\.c$")),
]
MALLOC = re.compile(r"\b(malloc|calloc|realloc|free)\s*\(")

problems, looked = [], 0
for path in tree.files(".c", ".h", ".cpp", ".hpp"):
    room = tree.room_of(path)
    looked += 1
    text = tree.read(path)
    for number, line in enumerate(text.split("\n"), 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if not found:
            continue
        header = found.group(1)
        for what, where in ONLY:
            if what.search(header) and not where.match(path):
                problems.append(f"{path}:{number}: {header} may not be included here")
        other = tree.room_of(header)
        if room in MAY and other in tree.ROOMS and other != room and other not in MAY[room]:
            problems.append(f"{path}:{number}: {room} may not include {other}")
        if line.strip().startswith("#include \"") and "/" not in header:
            problems.append(f"{path}:{number}: includes are written from the root: {header}")
    if room in MAY and path != "core/arena.c" and MALLOC.search(re.sub(r"//.*|\"(\\.|[^\"\\])*\"", "", text)):
        problems.append(f"{path}: malloc and free stand only in core/arena.c")
tree.finish(problems, looked)
