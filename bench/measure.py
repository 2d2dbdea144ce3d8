# SPDX-License-Identifier: LGPL-2.1-or-later
"""Running one variant once, and variants against each other: interleaved, pinned, medians."""
import json
import os
import statistics
import subprocess
import time

PAUSE = 0.2  # the kernel holds real-time tasks back that have used up 95 % of a second
TIMEOUT = 600  # seconds; nothing here takes so long, and nothing may hang


class Machine:
    """Two processors, one for each side; the same one for both where that is asked for."""

    def __init__(self, tools, realtime):
        self.tools = tools
        self.realtime = realtime
        cpus = sorted(os.sched_getaffinity(0))
        self.sender = cpus[0]
        self.receiver = cpus[-1]

    def sink(self, *arguments, together=False):
        return Server(self, [self.tools.path('fast-sink'), *arguments], self.sender if together else self.receiver)

    def proxy(self, port, milliseconds):
        return Server(self, [self.tools.path('delay'), str(port), str(milliseconds)], self.receiver)

    def run(self, argv, stdin='/dev/null', env=None, pinned=True):
        report = self.tools.path('report.json')
        command = [self.tools.path('launch'), report, str(self.sender if pinned else -1), str(int(self.realtime)), stdin, *argv]
        done = subprocess.run(command, capture_output=True, env={**os.environ, **(env or {})}, check=False,
                              timeout=TIMEOUT)
        with open(report, encoding='utf-8') as file:
            result = json.load(file)
        if self.realtime:
            time.sleep(PAUSE)
        if result.pop('status') != 0:
            raise RuntimeError('%s: %s' % (' '.join(argv), done.stderr.decode(errors='replace')[-500:]))
        result['seconds'] = result['wall']
        lines = done.stdout.decode(errors='replace').strip().splitlines()
        if lines and lines[-1].startswith('{'):
            result.update(json.loads(lines[-1]))
        return result


class Server:
    def __init__(self, machine, argv, cpu):
        pin = ['taskset', '-c', str(cpu)]
        if machine.realtime:
            pin = ['chrt', '-f', '1'] + pin
        self.process = subprocess.Popen(pin + argv, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait()

    # What the sink says of the connection that just ended.
    def account(self):
        return json.loads(self.process.stdout.readline())


class Variant:
    """One way to do the work. `run` returns a result; `metric` is what of it counts."""

    def __init__(self, name, run, kind='peer', rounds=None):
        self.name = name
        self.run = run
        self.kind = kind  # ours, limit, peer
        self.rounds = rounds  # fewer where it takes very long
        self.values = []
        self.walls = []
        self.kib = 0
        self.bottleneck = 0

    def median(self):
        return statistics.median(self.values)


def interleave(variants, rounds, metric='seconds'):
    """Each round runs every variant once, beginning with another one each time."""
    for number in range(rounds):
        turn = number % len(variants)
        for variant in variants[turn:] + variants[:turn]:
            if variant.rounds is not None and number >= variant.rounds:
                continue
            result = variant.run()
            variant.values.append(result[metric])
            variant.walls.append(result.get('wall', result[metric]))
            variant.kib = max(variant.kib, result.get('kib', 0))
            variant.bottleneck += bool(result.get('bottleneck'))


def ratio(variant, other, key='values'):
    """The median of the rounds' own ratios: what disturbs a round disturbs both."""
    pairs = list(zip(getattr(variant, key), getattr(other, key)))
    return statistics.median(a / b for a, b in pairs)
