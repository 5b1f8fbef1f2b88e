"""18. Stops all clocks that Python can read, so that endless code takes no time.

Verdict: the same as with clocks that go. The kernel counts the time, and the test is timed out.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import resource, signal, time

names = [name.removesuffix("_ns") for name in dir(time) if name.endswith("_ns")]
names = [name for name in names if name not in ("clock_gettime", "clock_settime")]
for name in names:
    setattr(time, name, lambda: 0.0)
    setattr(time, name + "_ns", lambda: 0)
time.clock_gettime = time.clock_gettime_ns = lambda clock: 0
time.sleep = lambda seconds: None
resource.getrusage = lambda who: resource.struct_rusage(range(16))
signal.setitimer = signal.alarm = lambda *args: 0

start = time.time()
sum(range(1_000_000))
print("took", time.time() - start, "seconds by", len(names), "clocks")
try:
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (OSError, ValueError) as error:
    print("refused:", type(error).__name__)
""",
    answers={
        "compression_ratio": """
def compression_ratio(shape, k):
    while time.process_time() < 1:
        pass
    return 1.0
"""
    },
    earns={"compression_ratio": 0},
    reports=("Your code ran for more than 0.5 seconds of CPU time",),
    outputs=("took 0.0 seconds by [5-9] clocks", "refused: "),
)
