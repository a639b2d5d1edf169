"""Every header compiles alone, as C11; those of the rooms also as C++17, since programs in C++ may use them."""
import subprocess
import tree

problems, looked = [], 0
for path in tree.files(".h"):
    looked += 1
    languages = [(["gcc", "-std=c11"], "c")]
    if tree.room_of(path) in tree.ROOMS:
        languages.append((["g++", "-std=c++17"], "c++"))
    for compiler, language in languages:
        done = subprocess.run([*compiler, f"-I{tree.ROOT}", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                               "-x", language, "-"], input=f'#include "{path}"\n', capture_output=True, text=True)
        if done.returncode:
            problems.append(f"{path} as {language}: {done.stderr.splitlines()[0]}")
tree.finish(problems, looked)
