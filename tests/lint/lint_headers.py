"""Every header compiles alone, as C11; those of the rooms also as C++17, since programs in C++ may use them.

The C++ compiler sees them in one go: what a header lacks, C has told already, and what C++ forbids does not depend on what stands before."""
import subprocess
import tree


def compiler_errors(compiler, language, headers):
    text = "".join(f'#include "{header}"\n' for header in headers)
    done = subprocess.run([*compiler, f"-I{tree.ROOT}", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                           "-x", language, "-"], input=text, capture_output=True, text=True)
    return [line for line in done.stderr.split("\n") if "error:" in line] if done.returncode else []


headers = tree.files(".h")
problems = [f"{header} as c: {error}" for header in headers for error in compiler_errors(["gcc", "-std=c11"], "c", [header])[:1]]
of_rooms = [header for header in headers if tree.room_of(header) in tree.ROOMS]
problems += [f"as c++: {error}" for error in compiler_errors(["g++", "-std=c++17"], "c++", of_rooms)]
tree.finish(problems, len(headers))
