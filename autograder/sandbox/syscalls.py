"""What a student's process may ask of the kernel: a seccomp filter, made by libseccomp.

Computing, and files in its own folder, need few system calls; those are listed. What is not listed
does not exist (ENOSYS), so that C libraries do without it and what kernels learn in future is
refused before anybody thinks of it. What programs would be puzzled to miss is refused with EPERM.
Modes and times of files, which Landlock does not guard, stay as they are; whoever copies a file is
told that they were copied.

A new process or thread is for the template to decide (`forkserver`): the call waits until it has.
"""

from __future__ import annotations

import ctypes
import errno
import signal
import socket
import tempfile
from collections.abc import Iterable
from typing import IO

import msgspec

from autograder.errors import SandboxError

LIBRARY = "libseccomp.so.2"
THREAD_FLAGS = 0x3D0F00  # what pthread_create asks of clone: memory, files, signals, all shared
FORK_FLAGS = 0x1200000 | signal.SIGCHLD  # what fork asks: to set and clear the child's thread id

_ALLOWED = """
    access brk capget chdir clock_getres clock_gettime clock_nanosleep close close_range
    copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_wait
    eventfd eventfd2 exit exit_group faccessat faccessat2 fadvise64 fchdir fdatasync flock fstat
    fstatfs fsync ftruncate futex futex_waitv get_mempolicy get_robust_list get_thread_area getcpu
    getcwd getdents getdents64 getegid geteuid getgid getgroups getitimer getpeername getpgid
    getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit getrusage getsid
    getsockname getsockopt gettid gettimeofday getuid getxattr alarm arch_prctl lgetxattr link
    linkat listxattr lseek lstat madvise membarrier mincore mkdir mkdirat mmap mprotect mremap msync
    munmap nanosleep newfstatat pause pipe pipe2 poll ppoll pread64 preadv pselect6 pwrite64 pwritev
    read readlink readlinkat readv recvfrom recvmmsg recvmsg rename renameat renameat2
    restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn
    rt_sigsuspend rt_sigtimedwait sched_get_priority_max sched_get_priority_min sched_getaffinity
    sched_getparam sched_getscheduler sched_yield select sendfile sendmmsg sendmsg
    set_robust_list set_tid_address setitimer setsockopt shutdown sigaltstack stat statfs statx
    symlink symlinkat sysinfo time timer_create timer_delete timer_getoverrun timer_gettime
    timer_settime timerfd_create timerfd_gettime timerfd_settime times umask uname unlink unlinkat
    wait4 waitid write writev
"""
_REFUSED = """
    accept accept4 bind chown connect execve execveat fallocate fchown fchownat fork fremovexattr
    fsetxattr kill lchown listen lremovexattr lsetxattr memfd_create mknod mknodat mount personality
    pidfd_getfd pidfd_open pidfd_send_signal process_vm_readv process_vm_writev ptrace removexattr
    rt_sigqueueinfo rt_tgsigqueueinfo setgid setpgid setpriority setregid setresgid setresuid
    setreuid setrlimit setsid setuid setxattr socket syslog tgkill tkill truncate umount2 unshare
    vfork
"""
_PRETENDED = """
    chmod fchmod fchmodat fchmodat2 futimesat utime utimensat utimes
"""

# What depends on an argument: (argument, mask, value), all of which must hold.
_LOW_32_BITS = 0xFFFF_FFFF
_F_GETFD, _F_DUPFD_CLOEXEC, _F_OFD_SETLKW = 1, 1030, 38
_FCNTL_COMMANDS = (0, _F_GETFD, 2, 3, 4, 5, 6, 7, 36, 37, _F_OFD_SETLKW, _F_DUPFD_CLOEXEC)
_FIONREAD, _FIONBIO, _FIONCLEX, _FIOCLEX = 0x541B, 0x5421, 0x5450, 0x5451
_IOCTL_REQUESTS = (0x5401, 0x5413, _FIONREAD, _FIONBIO, _FIONCLEX, _FIOCLEX)  # TCGETS, TIOCGWINSZ
_PR_SET_NAME, _PR_GET_NAME, _PR_GET_NO_NEW_PRIVS, _PR_SET_VMA = 15, 16, 39, 0x53564D41
_PRCTL_OPTIONS = (_PR_SET_NAME, _PR_GET_NAME, _PR_GET_NO_NEW_PRIVS, _PR_SET_VMA)
_PR_SET_PDEATHSIG = 1
_O_ACCMODE, _O_TRUNC = 0o3, 0o1000
_Condition = tuple[int, int, int]
_ALLOWED_IF: list[tuple[str, list[_Condition]]] = [
    *(("fcntl", [(1, _LOW_32_BITS, command)]) for command in _FCNTL_COMMANDS),
    *(("ioctl", [(1, _LOW_32_BITS, request)]) for request in _IOCTL_REQUESTS),
    *(("prctl", [(0, _LOW_32_BITS, option)]) for option in _PRCTL_OPTIONS),
    ("prctl", [(0, _LOW_32_BITS, _PR_SET_PDEATHSIG), (1, _LOW_32_BITS, signal.SIGKILL)]),
    ("prlimit64", [(0, _LOW_32_BITS, 0)]),  # its own limits, which it can only lower
    ("sendto", [(4, ~0, 0)]),  # on a connection, to nobody else
    ("socketpair", [(0, _LOW_32_BITS, socket.AF_UNIX), (1, 0xF, socket.SOCK_STREAM)]),
    # Landlock before Linux 6.2 does not see that a file opened for reading is emptied.
    *(("openat", [(2, _O_ACCMODE, mode)]) for mode in (1, 2)),
    *(("open", [(1, _O_ACCMODE, mode)]) for mode in (1, 2)),
    ("openat", [(2, _O_ACCMODE | _O_TRUNC, 0)]),
    ("open", [(1, _O_ACCMODE | _O_TRUNC, 0)]),
]
_ASKED_FOR: list[tuple[str, list[_Condition]]] = [
    ("clone", [(0, ~0, flags)]) for flags in (THREAD_FLAGS, FORK_FLAGS)
]

_ALLOW, _NOTIFY, _KILL_PROCESS = 0x7FFF0000, 0x7FC00000, 0x80000000
_SUCCESS = 0
_BAD_ARCHITECTURE, _OPTIMIZE, _BY_BINARY_TREE = 2, 8, 2
_MASKED_EQ = 7


class Filter(msgspec.Struct, frozen=True):
    """A program for the kernel, and the number of the system call that puts it in force."""

    program: bytes
    seccomp_number: int


def student_filter() -> Filter:
    """The filter for student processes.

    Raises
    ------
    SandboxError
        If libseccomp is missing or refuses.
    """
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise SandboxError(f"{LIBRARY} is missing: install libseccomp ({error})") from error
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(_refuse(errno.ENOSYS)))
    builder = _Builder(library, context)
    try:
        return builder.build()
    finally:
        library.seccomp_release(context)


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("mask", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    )


class _Builder:
    def __init__(self, library: ctypes.CDLL, context: ctypes.c_void_p) -> None:
        self._library = library
        self._context = context

    def build(self) -> Filter:
        self._attribute(_BAD_ARCHITECTURE, _KILL_PROCESS)
        self._attribute(_OPTIMIZE, _BY_BINARY_TREE)
        for name in _ALLOWED.split():
            self._rule(_ALLOW, name)
        for name in _REFUSED.split():
            self._rule(_refuse(errno.EPERM), name)
        for name in _PRETENDED.split():
            self._rule(_refuse(_SUCCESS), name)
        for name, conditions in _ALLOWED_IF:
            self._rule(_ALLOW, name, conditions)
        for name, conditions in _ASKED_FOR:
            self._rule(_NOTIFY, name, conditions)
        with tempfile.TemporaryFile() as file:
            self._check(self._library.seccomp_export_bpf(self._context, file.fileno()), "export")
            return Filter(_content(file), self._number("seccomp"))

    def _rule(self, action: int, name: str, conditions: Iterable[_Condition] = ()) -> None:
        number = self._number(name)
        if number < 0:  # this processor has no such system call
            return
        comparisons = [
            _Comparison(argument, _MASKED_EQ, mask, value) for argument, mask, value in conditions
        ]
        array = (_Comparison * len(comparisons))(*comparisons)
        count = ctypes.c_uint(len(comparisons))
        rule = self._library.seccomp_rule_add_array
        self._check(rule(self._context, ctypes.c_uint32(action), number, count, array), name)

    def _attribute(self, attribute: int, value: int) -> None:
        set_to = self._library.seccomp_attr_set(self._context, attribute, ctypes.c_uint32(value))
        self._check(set_to, f"attribute {attribute}")

    def _number(self, name: str) -> int:
        return int(self._library.seccomp_syscall_resolve_name(name.encode()))

    @staticmethod
    def _check(result: int, what: str) -> None:
        if result < 0:
            raise SandboxError(f"{LIBRARY} refuses: {what}: error {-result}")


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _refuse(error: int) -> int:
    return 0x00050000 | error
