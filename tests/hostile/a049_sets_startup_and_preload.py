"""49. Sets variables that make other programs load its code: PYTHONSTARTUP, LD_PRELOAD and more.

Verdict: no effect. Environment and folder die with its process; the next one and the grader have
their own, and the files that the system reads at every start cannot be written.
"""

from hostile import Attack

ATTACK = Attack(
    times=2,
    first="""
import os, stat, subprocess, sys
NAMES = ("PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONBREAKPOINT", "PYTHONPATH", "LD_PRELOAD",
         "LD_LIBRARY_PATH", "LD_AUDIT", "GCONV_PATH", "BASH_ENV", "ENV", "IPYTHONDIR", "PATH")
print("inherited:", [name for name in NAMES[:-1] if name in os.environ], os.environ["PATH"])
with open("start.py", "w") as start:
    start.write("open('/tmp/hostile-started', 'w')")
with open("preload.so", "wb") as library:
    library.write(bytes.fromhex("7f454c46020101") + bytes(9) + bytes.fromhex("03003e0001000000"))
for program in ("du", "rm", "chmod", "python3"):  # what the template runs to clear up
    with open(program, "w") as file:
        file.write("#!/bin/sh\\ntouch /tmp/hostile-ran")
    os.chmod(program, 0o777)
for name in NAMES:
    os.environ[name] = os.path.abspath("preload.so" if name.startswith("LD") else "start.py")
os.environ["PATH"] = os.getcwd()
for path in ("/etc/ld.so.preload", "/etc/environment", "/etc/profile.d/hostile-start.sh",
             "/etc/ld.so.cache", f"{sys.prefix}/hostile-start.py", sys.executable,
             f"{sys.prefix}/pyvenv.cfg", f"/proc/{PID}/environ", f"/proc/{os.getppid()}/environ"):
    try:
        print("WRITABLE", open(path, "r+" if os.path.exists(path) else "x"))
    except OSError:
        pass
for run in (lambda: subprocess.run(["du"]), lambda: os.system("true"),
            lambda: os.execv(sys.executable, ["python"]),
            lambda: os.posix_spawn("/usr/bin/env", ["env"], os.environ)):
    try:
        print("RAN" if run() in (None, 0) else "did not run")
    except (OSError, RuntimeError) as error:
        print("did not run")
""",
    answers={"truncate": "def truncate(A, k):\n    return 0 * A"},
    earns={"truncate": 0},
    reports=("The difference between truncate",),
    outputs=(r"inherited: \[\] /usr/bin:/bin((?!WRITABLE|RAN).)*(did not run((?!RAN).)*){4}",),
)
