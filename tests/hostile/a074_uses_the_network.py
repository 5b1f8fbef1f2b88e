"""74. Reaches for the network: TCP, UDP, names, and whatever else has sockets.

Verdict: a student's process has none, and cannot make any. The wrong answer earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import itertools, socket, urllib.request
made = []
for family, kind in itertools.product(range(1, 46), (1, 2, 3, 4, 5, 10)):
    for protocol in (0, 1, 6, 17, 255):
        try:
            made.append(socket.socket(family, kind, protocol))
        except OSError as error:
            refused = error
print("made:", made, "refused:", refused)
def told(attempt):
    try:
        return attempt()
    except OSError as error:
        return f"refused: {error}"
print(told(lambda: socket.create_connection(("1.1.1.1", 53), 1)))
print(told(lambda: socket.create_connection(("::1", PORT), 1)))
print(told(lambda: socket.getaddrinfo("example.org", 80)))
print(told(lambda: socket.gethostbyname("example.org")))
print(told(lambda: urllib.request.urlopen("http://127.0.0.1:PORT", timeout=1)))
print(told(lambda: socket.create_server(("", 0))))
ours, theirs = socket.socketpair()
print(told(lambda: ours.sendto(b"x", "somewhere")))
print(told(lambda: ours.connect("somewhere")))
print(told(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)))
""",
    answers={
        "compression_ratio": """
import socket

def compression_ratio(shape, k):
    with socket.create_connection(("127.0.0.1", PORT), 1) as connection:
        connection.sendall(b"What is the answer?")
        return float(connection.recv(100))
"""
    },
    earns={"compression_ratio": 0},
    reports=("Your code raised PermissionError",),
    outputs=(r"made: \[\] refused: .*Operation not permitted", "(refused: .*){10}"),
)
