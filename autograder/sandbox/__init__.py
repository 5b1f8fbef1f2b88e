"""Runs student code where it can hurt nobody; the trust boundary of the autograder.

Theory of operation. Three kinds of process take part:

    grader      trusted; runs the tests; one `Sandbox` and its sockets
      |  control socket: Spawn, Finish
    template    inside bubblewrap; warm imports; never runs student code; parent of all below
      |  fork, which locks itself down before any student code runs
    student     one for a submission; runs its cells in order          <- channel -> grader
      |  fork, at test cells
    served      serves the notebook's names to test cells              <- channel -> grader

The grader asks, the student's side answers; only plain values travel (`values`), never code, never
pickles. A served process is killed before the next cell runs, so that what a test does to it is
gone; a student process that dies is replaced by a new one that runs the earlier cells again. No
process is made but those: the kernel asks the template, which allows one when the grader has sent
a permit.

    box         the trusted side: start, run, fetch, kill                            trusted
    proxy       the student's functions as local callables                           trusted
    forkserver  the template                                                   inside, untainted
    inside      the student's process; its docstring is the protocol             inside, hostile
    shell       runs cells and keeps their outputs                               inside, hostile
    peer        calls in both directions                                               both sides
    values      Python values as plain trees and bytes                                 both sides
    wire        messages and their framing                                             both sides
    supervisor  decides about new processes and threads                        inside, untainted
    syscalls    what a student process may ask of the kernel                             trusted
    confine     the lock-down, and the self-test that says what holds            inside, untainted
    chance      random numbers that are the same in every run                    inside, hostile

Everything that arrives from inside is taken as hostile: lengths are checked before memory is
taken, headers are decoded into typed records, and only exact builtin types and plain arrays are
rebuilt.
"""
