"""What the peers that time a training step share: their options, the step around their loss, and how they answer.

    SCRIPT [--threads N] [--rounds N] ...    prints medians as JSON
    SCRIPT ... --serve                       one step per line read; answers "wall cpu" in seconds, or a measure whose name the line is

To be imported before torch: its threads must sleep when they wait, or they take the cores of whoever comes next.
"""
import argparse
import json
import os
import statistics
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch  # noqa: E402


def options(words=None, **numbers):
    """Reads the command line and makes PyTorch ready: words has the choices of each option that is one (the first is the default), numbers the defaults."""
    parser = argparse.ArgumentParser()
    for name, choices in (words or {}).items():
        parser.add_argument("--" + name, choices=choices, default=choices[0])
    for name, default in {"threads": 1, **numbers, "rounds": 3}.items():
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--serve", action="store_true")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(0)
    return chosen


def run(chosen, parameters, loss, rate, decay, **measures):
    """Steps of forward, backward and Adam with L2 decay: loss() makes the loss, measures are functions whose numbers are reported too."""
    optimizer = torch.optim.Adam(parameters, lr=rate, weight_decay=decay)

    def step():
        wall, cpu = time.perf_counter(), time.process_time()
        optimizer.zero_grad(set_to_none=True)
        loss().backward()
        optimizer.step()
        return time.perf_counter() - wall, time.process_time() - cpu

    step()
    if chosen.serve:
        print("PyTorch", torch.__version__, flush=True)
        for line in sys.stdin:
            measure = measures.get(line.strip())
            print(f"{measure():.0f}" if measure else "{:.6f} {:.6f}".format(*step()), flush=True)
        return

    walls, cpus = zip(*(step() for _ in range(chosen.rounds)))
    print(json.dumps({
        **{name: value for name, value in vars(chosen).items() if name not in ("rounds", "serve")}, "torch": torch.__version__,
        "wall_seconds": statistics.median(walls), "cpu_seconds": statistics.median(cpus), **{name: measure() for name, measure in measures.items()},
    }))
