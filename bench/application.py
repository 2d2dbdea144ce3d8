# SPDX-License-Identifier: LGPL-2.1-or-later
"""In an application: the asynchronous functions against the blocking ones, and how long its main loop stands still."""
from cases import MIB, SPIN, Bar, Outcome
from measure import Variant, interleave, ratio


def asynchronous(bench):
    size = bench.size(1024 * MIB)
    source, wire = bench.files.random(size), bench.files.wire(size)
    small, n = bench.files.small(), bench.count(10000)
    stalls = {}

    def watched(variant):
        inner, found = variant.run, stalls.setdefault(variant.name, [])

        def run():
            result = inner()
            found.append(result['stall'])
            return result
        variant.run = run
        return variant

    with bench.machine.sink(*SPIN, '--no-chunking') as sink, bench.machine.sink(*SPIN) as chunks:
        tree = [bench.ours(sink, 'an attachment, blocking', 'tree', source),
                watched(bench.ours(sink, 'an attachment, async', 'tree', source, '--async'))]
        others = [watched(bench.ours(chunks, 'an attachment, async, BDAT', 'tree', source, '--async')),
                  watched(bench.ours(sink, 'a CRLF stream, async', 'stream', wire, '--async'))]
        interleave(tree + others, bench.rounds)
    with bench.machine.sink(*SPIN, '--no-chunking') as sink:
        many = [bench.each(bench.ours(sink, 'a small message, ' + how, 'many', small, str(n), '--ahead', ahead), n)
                for how, ahead in (('blocking', '0'), ('async, one after another', '1'))]
        interleave(many, bench.rounds, 'each')
    still = []
    for name, found in stalls.items():
        variant = Variant('the longest stall: ' + name, None, 'ours')
        variant.values = variant.walls = found
        still.append(variant)
    return Outcome('async', 'in a main loop: an attachment of %d octets, and %d messages of 2 KiB' % (size, n), 's',
                   tree + others + many + still,
                   [Bar('an attachment, async × blocking', ratio(tree[1], tree[0]), 1.1, 1),
                    Bar('a small message, async × blocking', ratio(many[1], many[0]), 1.1, 1),
                    Bar('the longest stall of the main loop, ms', 1000 * max(max(v.values) for v in still), 20, 2)],
                   ['a stall: the time between two dispatches of a timer of 1 ms; the bar is the longest of all rounds'])


CASES = [('async', asynchronous)]
