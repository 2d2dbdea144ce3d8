# SPDX-License-Identifier: LGPL-2.1-or-later
"""A case whose servers are named in /etc/hosts. To be imported when the room was entered."""

import json

import room
import support
from support import Sink, run


class Case(support.Case):
    HOSTS, WORLD = '', None  # the file, and the DNS beside it

    def setUp(self):
        super().setUp()
        room.resolver()
        self.WORLD.table.clear()
        room.hosts(self.HOSTS)

    def send(self, server, *args, code=0, words=(), address=None, **more):
        result = run('--json', '-S', server, '-f', 'me@example.com', *args, 'a@example.com', input=b'x\n', **more)
        self.check(result, code)
        report = json.loads(result.stdout)
        for word in words:
            self.assertIn(word, report['error']['message'])
        if address is not None:
            self.assertEqual(report['server']['address'], address)
        return report

    def listen(self, *addresses, port=25):
        return [Sink(self, '-l', ('[%s]:%d' if ':' in address else '%s:%d') % (address, port)) for address in addresses]
