"""completion: what bash and zsh offer, asked of the shells themselves; zsh through a terminal of its own."""
import os
import shlex
import shutil
import subprocess

import session
from session import check, refused, rigpose

folder = session.folder()
NAMES = [line.split()[0] for line in rigpose("help").stdout.splitlines() if line.startswith("  ") and not line.lstrip().startswith("-")]
# The shell that completes: control-T prints what stands on its line.
ZSHRC = """
PS1='> '
fpath=($ZDOTDIR $fpath)
path=(BINARIES $path)
cd $ZDOTDIR
autoload -Uz compinit
compinit -u -D
LISTMAX=1000
show() { print -r -- "LINE<$BUFFER>" }
zle -N show
bindkey '^I' complete-word '^L' list-choices '^T' show
print READY
"""
# The terminal that it runs in: $1, its folder; $2, what is typed, $3 its last key.
TERMINAL = """
zmodload zsh/zpty || exit 1
wait_for() { local all= part=; repeat 500 { zpty -rt terminal part && all+=$part; [[ $all == *$~1* ]] && break; sleep 0.02 }; print -r -- $all }
zpty terminal "TERM=dumb COLUMNS=200 ZDOTDIR=$1 zsh -d -i"
wait_for READY > /dev/null
zpty -wn terminal "$2"
zpty -wn terminal $3
zpty -wn terminal $'\\x14'
wait_for 'LINE<*>'
zpty -d terminal
"""


def bash(*words):
    """What bash offers for the last of the words."""
    script = f"{bash_script}\nCOMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; _rigpose; echo ${{COMPREPLY[*]}}"
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout.split()


def zsh(line, key="\t"):
    """The line as zsh completes it, and all that its terminal showed."""
    shown = subprocess.run(["zsh", "-f", "-c", TERMINAL, "zsh", folder, line, key], capture_output=True, text=True, timeout=60, check=True).stdout
    return shown.split("LINE<")[-1].split(">")[0] if "LINE<" in shown else None, shown


bash_script = rigpose("completion", "bash").stdout
check("bash completes every command and stage", set(bash("rigpose", "")) == set(NAMES) and len(NAMES) > 20, bash("rigpose", ""))
check("bash completes a stage, whatever path the program has", bash("build/rigpose", "tri") == bash("rigpose", "tri") == ["triangulate"])
check("bash completes options", {"--repair", "--jobs"} <= set(bash("rigpose", "watch", "--")))
check("bash completes formats", bash("rigpose", "export", "--to", "=", "easym") == bash("rigpose", "export", "--to", "easym") == ["easymocap", "easymocap-json"])
check("bash completes kinds of boards", bash("rigpose", "board", "--kind", "c") == ["chessboard", "charuco"])
check("bash completes paper", bash("rigpose", "board", "--paper", "=", "l") == ["letter"])
check("bash offers no option where a file is to be", bash("rigpose", "run", "rig") == [])
refused("completion", "fish", code=2, contains=["for bash or zsh, got 'fish'"])

if not shutil.which("zsh"):
    session.leave_out("zsh is not installed")
    session.finish()
with open(f"{folder}/_rigpose", "w", encoding="utf-8") as stream:
    stream.write(rigpose("completion", "zsh").stdout)
with open(f"{folder}/.zshrc", "w", encoding="utf-8") as stream:
    stream.write(ZSHRC.replace("BINARIES", shlex.quote(os.path.dirname(session.BINARY))))
open(f"{folder}/rig.yaml", "w", encoding="utf-8").close()
for typed, completed in (("rigpose tri", "rigpose triangulate "), ("rigpose help tri", "rigpose help triangulate "), ("rigpose export --to pan", "rigpose export --to panoptic "),
                         ("rigpose export --to=pan", "rigpose export --to=panoptic"), ("rigpose run --rep", "rigpose run --repair "), ("rigpose watch --verb", "rigpose watch --verbose "),
                         ("rigpose run --color=nev", "rigpose run --color=never"), ("rigpose board --kind ap", "rigpose board --kind aprilgrid "), ("rigpose board --paper=l", "rigpose board --paper=letter"), ("rigpose completion z", "rigpose completion zsh "), ("rigpose check r", "rigpose check rig.yaml "),
                         ("rigpose run --maps", "rigpose run --maps")):
    line, shown = zsh(typed)
    check(f"zsh completes '{typed}'", line is not None and line.rstrip() == completed.rstrip(), (line, shown))
_, shown = zsh("rigpose ", "\x0c")
check("zsh lists every command and stage", all(f"{name} " in shown for name in NAMES), [name for name in NAMES if f"{name} " not in shown])
check("with what each is for", "-- calibrate each camera's lens" in shown and "synth, run and eval in DIR (default: demo_out)" in shown, shown)
session.finish()
