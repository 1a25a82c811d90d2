"""What a cell may still ask of the operating system: to compute, and to speak on its one socket.

A filter of system calls (seccomp) is laid over the process: whatever is not listed is answered
with EPERM. So a cell opens no file, makes no socket, starts no program – whatever the engine is
talked into. It may read the tables of a release on disk, which are open already, and no other file.
There is no way back once the filter is on.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
from itertools import pairwise
from typing import Final

from hyteverkko.errors import HyteError
from hyteverkko.store.opening import opened_tables

PR_SET_PDEATHSIG: Final = 1
PR_SET_NO_NEW_PRIVS: Final = 38

# seccomp(2): lay a filter over all threads, without slowing down speculation for it: what a cell
# holds is public.
SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
SECCOMP_SET_MODE_FILTER: Final = 1
SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1, 4

# linux/filter.h and linux/seccomp.h: load a word, compare, return.
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
OFFSET_NUMBER, OFFSET_ARCHITECTURE = 0, 4
ALLOW, KILL, ERRNO_EPERM = 0x7FFF0000, 0x80000000, 0x00050001


# What CPython, the engine and its allocator need to compute, by the numbers of each architecture.
CALLS: Final = {
    "x86_64": (
        0xC000003E,
        {
            "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "mmap": 9,
            "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14,
            "rt_sigreturn": 15, "pread64": 17, "sched_yield": 24, "mremap": 25, "madvise": 28,
            "nanosleep": 35,
            "getpid": 39, "sendto": 44, "recvfrom": 45, "exit": 60, "sigaltstack": 131,
            "gettid": 186, "futex": 202, "sched_getaffinity": 204, "restart_syscall": 219,
            "clock_gettime": 228, "clock_nanosleep": 230, "exit_group": 231, "tgkill": 234,
            "set_robust_list": 273, "getrandom": 318, "membarrier": 324, "rseq": 334,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "close": 57, "lseek": 62, "read": 63, "write": 64, "pread64": 67, "ppoll": 73,
            "fstat": 80, "exit": 93, "exit_group": 94, "futex": 98, "set_robust_list": 99,
            "nanosleep": 101, "clock_gettime": 113, "clock_nanosleep": 115,
            "sched_getaffinity": 123, "sched_yield": 124, "restart_syscall": 128,
            "tgkill": 131, "sigaltstack": 132,
            "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "getpid": 172,
            "gettid": 178, "sendto": 206, "recvfrom": 207, "brk": 214, "munmap": 215,
            "mremap": 216, "mmap": 222, "mprotect": 226, "madvise": 233, "getrandom": 278,
            "membarrier": 283, "rseq": 293,
        },
    ),
}  # fmt: skip


class NoSandbox(HyteError):
    """This system cannot confine a cell, so no stranger's query is run on it."""


def die_with_parent() -> None:
    """End this process when the process that started it ends."""
    _libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit_resources(memory_beyond_start: int) -> None:
    """Allow so many bytes of address space more, no core file, and no byte written to a file."""
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - not a file on a disk
        pages = int(file.read().split()[0])
    most = pages * resource.getpagesize() + memory_beyond_start
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def keep_only(descriptor: int) -> None:
    """Close every file but the one socket and a store's tables; standard streams lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    for before, kept in pairwise(
        (2, *sorted({descriptor, *(number for number, _ in opened_tables())}), highest)
    ):
        os.closerange(before + 1, kept)


def confine() -> None:
    """Lay the filter over this process, for good; raise NoSandbox where it cannot be done."""
    machine = platform.machine()
    if machine not in CALLS:
        raise NoSandbox("Queries are not run here: {machine} has no filter.", machine=machine)
    architecture, calls = CALLS[machine]
    program = _program(architecture, sorted(calls.values()))
    instructions = ctypes.create_string_buffer(program)
    length, address = len(program) // 8, ctypes.addressof(instructions)
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", length, address))
    flags = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW
    call = (SECCOMP[machine], SECCOMP_SET_MODE_FILTER, flags, ctypes.addressof(header))
    libc = _libc()
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or libc.syscall(*call) != 0:
        raise NoSandbox("Queries are not run here: the system has no seccomp filters.")


def _program(architecture: int, calls: list[int]) -> bytes:
    """Give the filter: another architecture ends the process, a listed call passes."""
    checks = [
        (JUMP_IF_EQUAL, len(calls) - position, 0, number) for position, number in enumerate(calls)
    ]
    instructions = [
        (LOAD, 0, 0, OFFSET_ARCHITECTURE),
        (JUMP_IF_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, OFFSET_NUMBER),
        *checks,
        (RETURN, 0, 0, ERRNO_EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    libc.syscall.argtypes = [ctypes.c_long] * 4
    libc.syscall.restype = ctypes.c_long
    return libc
