"""A name means one thing in the whole tree: no type of a header, no type or function with our prefix and no external function or
variable is defined in two files. The linker notices only where the two meet in one program. The patterns lean on clang-format's layout."""
import collections
import re
import tree

TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*', re.S | re.M)
TAG = re.compile(r"\b(?:struct|enum|union|class)\s+(\w+)\s*(?:final\s*)?(?::[^{};()]*)?\{")
UNTAGGED = re.compile(r"^typedef (?:struct|enum|union) \{(?:[^{}]*\}|.*?^\})\s*(\w+)", re.S | re.M)
ALIAS = re.compile(r"^(?:typedef (?!(?:struct|enum|union) (\w+) \1;)[^{};]*?(?:\(\*(\w+)\)\([^;]*|(\w+)(?:\[[^;]*)?)|using (\w+) =[^;]*);", re.M)
# From the first column to the brace that opens the body.
FUNCTION = re.compile(r"^(?!(?:typedef|struct|enum|union|namespace|using|extern|else|template)\b)(?=[A-Za-z_])([^;{}()=]*?)([\w:]+)\((?:[^;{}]*)\)[^;{}()=]*\{", re.M)
VARIABLE = re.compile(r"^(?!(?:typedef|extern|static|using)\b)(?=[A-Za-z_])[\w\s\*]*?\b(rig_\w+)(?:\[[^\]]*\])*\s*=", re.M)
LATE = "cv/late/late.c"  # defines the functions of cv/ again, for a program that loads them
MANY = {"main", "LLVMFuzzerTestOneInput"}  # one a program


def definitions(path):
    """Names of types and functions that this file gives a meaning beyond itself, or with our prefix."""
    text = tree.read(path)
    header = path.endswith((".h", ".hpp"))
    if path.endswith("pp"):  # what an unnamed namespace holds is local, as static is
        text = re.sub(r"^namespace \{$.*?^\} // namespace$", "", text, flags=re.S | re.M)
    text = TEXT.sub("", text)
    inside = "rig::" if re.search(r"^namespace rig \{", text, re.M) else ""
    types = {m.group(1) for pattern in (TAG, UNTAGGED) for m in pattern.finditer(text)}
    types |= {next(g for g in m.groups()[1:] if g) for m in ALIAS.finditer(text)}
    names = {inside + name if not name.startswith("rig_") else name for name in types if header or name.startswith("rig_")}
    for before, name in ((m.group(1), m.group(2)) for m in FUNCTION.finditer(text)):
        local = re.search(r"\bstatic\b", before)
        if name not in MANY and (name.startswith("rig_") or not local):
            names.add(name if name.startswith(("rig_", "rig::")) else inside + name)
    names |= {m.group(1) for m in VARIABLE.finditer(text)}
    return names


where, looked = collections.defaultdict(list), 0
for path in tree.files(".c", ".h", ".cpp", ".hpp"):
    looked += path != LATE
    for name in definitions(path) if path != LATE else ():
        where[name].append(path)
tree.finish([f"{name} is defined in {', '.join(paths)}" for name, paths in sorted(where.items()) if len(paths) > 1], looked)
