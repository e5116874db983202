"""Serves timings to the benchmark program: commands come in on stdin, answers go out on stdout, one line each.

    hello              says that everything is imported           -> "ok"
    prepare CASE       makes the inputs of a case                 -> "ok"
    run SECONDS CLOCK  calls it for about so long, after one call -> seconds per call

CLOCK is wall, or cpu: the time that this process had a processor, for one thread on a busy machine.
"""

import sys
import time


def serve(prepare):
    """Answers until stdin ends; prepare(case) returns a function without arguments."""
    call = None
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "hello":
            print("ok", flush=True)
        elif command == "prepare":
            call = prepare(argument)
            print("ok", flush=True)
        elif command == "run":
            seconds, _, kind = argument.partition(" ")
            clock = time.process_time if kind == "cpu" else time.perf_counter
            call()
            calls = 0
            start = clock()
            while True:
                call()
                calls += 1
                elapsed = clock() - start
                if elapsed >= float(seconds):
                    break
            print(repr(elapsed / calls), flush=True)
