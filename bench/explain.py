# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the time goes: system calls by strace, instructions by valgrind's callgrind."""
import shutil
import subprocess

MESSAGES = '2000'
LARGE = 64 << 20


def explain(bench):
    tools, machine = bench.tools, bench.machine
    for program in ('strace', 'valgrind'):
        if not shutil.which(program):
            raise SystemExit('bench: --explain needs %s' % program)
    source, wire = bench.files.random(LARGE), bench.files.wire(LARGE)
    small = bench.files.small()
    ways = {
        'mimesend: BDAT, window 32': [tools.path('send'), 'each', '127.0.0.1:PORT', small, MESSAGES, '--window', '32'],
        'mimesend: DATA': [tools.path('send'), 'each', '127.0.0.1:PORT', small, MESSAGES, '--window', '32',
                           '--no-chunking'],
        'the core alone: BDAT, window 32': [tools.path('core'), 'many', 'PORT', small, MESSAGES, '32'],
        'an attachment of 64 MiB, DATA': [tools.path('send'), 'tree', '127.0.0.1:PORT', source, '--no-chunking'],
        'a stream of CRLF lines, 90 MiB': [tools.path('send'), 'stream', '127.0.0.1:PORT', wire, '--no-chunking'],
    }
    out = tools.path('callgrind.out')
    with machine.sink(together=True) as sink:
        for name, argv in ways.items():
            argv = [word.replace('PORT', str(sink.port)) for word in argv]
            calls = subprocess.run(['strace', '-f', '-c', *argv], capture_output=True, text=True, check=True).stderr
            subprocess.run(['valgrind', '--quiet', '--tool=callgrind', '--callgrind-out-file=' + out, *argv],
                           stdout=subprocess.DEVNULL, check=True)
            costs = subprocess.run(['callgrind_annotate', '--inclusive=yes', out], capture_output=True, text=True,
                                   check=True).stdout
            print('\n%s%s: system calls' % (name, ', %s messages' % MESSAGES if MESSAGES in argv else ''))
            print('\n'.join(calls.splitlines()[:8]))
            print('instructions, inclusive')
            lines = [line.split('[')[0].rstrip() for line in costs.splitlines() if 'mimesend_' in line or 'g_' in line]
            print('\n'.join(lines[:24]))
