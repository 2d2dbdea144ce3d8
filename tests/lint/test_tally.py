# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tally of a run says of each test that did not run why, and fails where one has crashed."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

TALLY = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../tally.py')


class Tally(unittest.TestCase):
    def tally(self, tests):
        """tests: (name, its result, its output, its points as JUnit has them)."""
        with tempfile.TemporaryDirectory() as build:
            os.mkdir(os.path.join(build, 'meson-logs'))
            log = os.path.join(build, 'meson-logs/testlog')
            with open(log + '.json', 'w') as file:
                for name, result, output, _ in tests:
                    file.write(json.dumps({'name': 'project:room / ' + name, 'result': result, 'stdout': output}) + '\n')
            with open(log + '.junit.xml', 'w') as file:
                points = ''.join('<testcase classname="project:room / %s" name="p">%s</testcase>' % (name, point)
                                 for name, _, _, points in tests for point in points)
                file.write('<testsuites><testsuite>%s</testsuite></testsuites>' % points)
            counted = subprocess.run([sys.executable, '-B', TALLY, '--meson', build], stdout=subprocess.PIPE, text=True, check=True)
            line = counted.stdout.partition(' ')[2].rstrip('\n')
            path = os.path.join(build, 'tally')
            with open(path, 'w') as file:
                file.write('build ' + line + '\n')
            added = subprocess.run([sys.executable, '-B', TALLY, '--sum', path], stdout=subprocess.PIPE, text=True)
            return line, added.returncode, added.stdout

    def test_reasons(self):
        python = 'ok 1 - Case.test_a\nok 2 - Case.test_b # SKIP only root may\n'
        glib = 'TAP version 13\nok 1 /room/a\nok 2 /room/b # SKIP only root may\n1..2\n'
        line, status, words = self.tally([('x/python', 'OK', python, ['', '<skipped/>']), ('x/glib', 'OK', glib, ['', '<skipped/>']),
                                          ('x/whole', 'SKIP', '1..0 # SKIP there is no server\n', ['<skipped/>']),
                                          ('x/silent', 'SKIP', '', ['<skipped/>'])])
        self.assertEqual(line, '2 0 NOT-RUN: x/python/Case.test_b, x/glib/room/b (only root may); x/whole (there is no server); '
                               'x/silent (it gave no reason)')
        self.assertEqual((status, words), (0, '2 passed, 0 failed (did not run: build: %s)\n' % line.partition('NOT-RUN: ')[2]))

    def test_all_ran(self):
        line, status, words = self.tally([('x/a', 'OK', 'ok 1 - a\n', ['', ''])])
        self.assertEqual((line, status, words), ('2 0', 0, '2 passed, 0 failed\n'))

    def test_failures(self):
        crashed = self.tally([('x/a', 'OK', '', ['']), ('x/crashed', 'ERROR', 'ok 1 - a\n', [''])])
        self.assertEqual(crashed, ('2 1', 1, '2 passed, 1 failed\n'))
        none = self.tally([])
        self.assertEqual(none[0], '0 1 NOT-RUN: no test was run')
        self.assertEqual(none[1], 1)


if __name__ == '__main__':
    unittest.main()
