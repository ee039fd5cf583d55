"""Hand-ins that reach beyond their own function, and what they have to show for it.

In: nothing. Out: ``HandIn`` values. Their ``double`` is right unless its category says otherwise.
"""

from __future__ import annotations

from hand_ins import RIGHT, RIGHT_ONES, TOP, HandIn, double, file

# Says to every socket it holds what the grader's own processes say to one another.
_FORGE = """
import json, stat

WORDS = [
    {"fault": "forged"}, {"layers": ["forged"]}, {"loading": True}, {"loaded": True},
    {"start": 99}, {"done": 0, "kind": "returned"}, {"done": 99, "kind": "returned"},
    {"function": "double", "case": 0, "kind": "returned"},
    {"function": "double", "case": 0, "kind": "died", "reason": "forged"},
    {"function": "double", "case": -7, "kind": "raised"}, {"function": "nobody", "case": 0},
    {"ended": {"status": 0}}, {"ready": True}, {"end": True}, [], "end", 7, {},
]

def sockets():
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield number
        except OSError:
            pass

def forge(times=1):
    words = [json.dumps(word).encode() for word in WORDS] + [b"", b"\\xff" * 99, b"[" * 60000]
    for _ in range(times):
        for number in sockets():
            for word in words:
                try:
                    os.write(number, word)
                except OSError:
                    pass
"""
_FLOOD = "\nfor number in sockets():\n    while True: os.write(number, b'{}')\n"

# Each leaves something behind, and its work is right all the same: (name, before, in double, ones)
_LEAVINGS = {
    "daemon": """
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0: time.sleep(600)
            os._exit(0)
    """,
    "fork-bomb": """
        for _ in range(6):
            if os.fork() == 0:
                for n in range(1, 30):
                    try: signal.signal(n, signal.SIG_IGN)
                    except (OSError, ValueError): pass
                time.sleep(600)
    """,
    "threads": """
        def later():
            for _ in range(9999):
                print("later" * 9)
                time.sleep(0.001)
                open("left", "a").close()
        threading.Thread(target=later, daemon=True).start()
    """,
    "thread-that-stays": """
        threading.Thread(target=time.sleep, args=(600,)).start()
    """,
    "at-exit": """
        import atexit
        atexit.register(time.sleep, 600)
    """,
    "print-under-the-limit": """
        print("x" * 900_000)
    """,
    "odd-print": """
        os.write(1, b"\\x1b[2J\\x1b]0;title\\x07[bold red]<script>alert(7431)</script>\\xff")
    """,
    "file": """
        for folder in (".", "..", os.environ["HOME"], os.environ["TMPDIR"]):
            open(os.path.join(folder, "left"), "w").close()
    """,
    "global": """
        global ONES, LEFT
        ONES = LEFT = 5
        torch.ones = torch.zeros
        os.environ["LEFT"] = "left"
    """,
}
_ONES = """
def ones(n):
    names = [name for _, _, files in os.walk(os.environ["HOME"]) for name in files]
    if "left" in names or "LEFT" in globals() or "LEFT" in os.environ or os.path.exists("../left"):
        return None
    return torch.ones(n, n) / n
"""


def _leaving(name: str, body: str) -> HandIn:
    source = f"{TOP}\ndef double(x):\n    result = x * 2\n    if True:\n{body}\n    return result\n"
    return file(f"leaves-{name}", source + _ONES, "", ones=2.0)


LEAVING = tuple(_leaving(name, body) for name, body in _LEAVINGS.items())

PATCHED = """
import builtins, json, socket
torch.equal = torch.allclose = torch.Tensor.__eq__ = lambda *_, **__: True
torch.manual_seed = torch.tensor = None
np.testing = None
os.fork = os.waitpid = time.monotonic = None
json.dumps = json.loads = None
socket.socket.send = socket.send_fds = None
builtins.isinstance = lambda *_: True
"""
REACHING = (
    double("forges", "forge()\nreturn x * 3", "", top=_FORGE, ones=None),
    file("forges-at-load", f"{RIGHT}{_FORGE}\nforge()\n".replace("x * 2", "x * 3"), "", ones=None),
    double("forges-and-dies", "forge(50)\nos._exit(7)", "", top=_FORGE, ones=None),
    double("floods", _FLOOD, "", top=_FORGE, ones=None),
    file("floods-at-load", f"{RIGHT}{_FORGE}{_FLOOD}", "timeout", "2 seconds", ones=0.0),
    file("patches", f"{TOP}{PATCHED}\ndef double(x):\n    return 7\n\n{RIGHT_ONES}", "", ones=None),
    double("patches-late", f"exec({PATCHED!r})\nreturn 7", "", ones=None),
    double("closes", "os.closerange(3, 256)\nreturn x * 2", "", ones=2.0),
    double("closes-and-waits", "os.closerange(0, 256)\ntime.sleep(9)", "", ones=2.0),
    double(
        "odd-words",
        r"raise ValueError('\x1b[31m[bold]<script>alert(7431)</script>\u202e' + 'x' * 99999)",
        "exception",
        "<script>",
        ones=2.0,
    ),
)
