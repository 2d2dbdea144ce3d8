# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command as a black box: run it, and report in TAP."""

import ctypes
import email
import email.policy
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

MIMESEND = os.environ['MIMESEND']
with open(MIMESEND, 'rb') as program:
    # Of the program itself: newer Mesons set the sanitizers' variables for every test.
    SANITIZED = re.search(b'__[at]san_init', program.read()) is not None
BARE = os.environ.get('MIMESEND_TEST_BARE') == '1'  # as under cron: next to no environment


# It cannot be made, not even by root: what some library keeps at home (dconf) would be there for the next test.
NOWHERE = '/dev/null/nowhere'


def environment(extra=None):
    env = {'XDG_CONFIG_HOME': NOWHERE}
    if not BARE:
        env.update(PATH=os.environ.get('PATH', '/usr/bin:/bin'), LC_ALL='C.UTF-8', HOME=NOWHERE)
    for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS'):
        if name in os.environ:
            env[name] = os.environ[name]
    env.update(extra or {})
    return env


def run(*args, input=b'', env=None, timeout=60, command=MIMESEND, **more):
    if 'stdin' not in more:
        more['input'] = input
    more.setdefault('stdout', subprocess.PIPE)
    more.setdefault('stderr', subprocess.PIPE)
    return subprocess.run([command, *args], env=environment(env), timeout=timeout, **more)


def command_for_all(folder):
    """The command, copied with its library to where every user can run it: a build may lie in a home that is closed."""
    library = os.path.join(os.path.dirname(MIMESEND), '../libmimesend/libmimesend-1.so.0')  # as its RUNPATH says
    for path, below in ((MIMESEND, 'tools'), (library, 'libmimesend')):
        os.makedirs(os.path.join(folder, below))
        shutil.copy(path, os.path.join(folder, below))
        os.chmod(os.path.join(folder, below), 0o755)
    os.chmod(folder, 0o755)
    return os.path.join(folder, 'tools', os.path.basename(MIMESEND))


def no_namespaces(command):
    """Why COMMAND, an unshare, is refused here and what to do about it, or None."""
    probe = subprocess.run([*command, 'true'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if probe.returncode == 0:
        return None
    remedy = ('a container has to be given CAP_SYS_ADMIN, as by docker run --privileged' if os.geteuid() == 0 else
              'run sudo ./bootstrap test, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1')
    return 'no namespaces; %s; %s' % (remedy, ' '.join(probe.stdout.split()))


def start_measured(*command, env=None, **more):
    """A process whose memory is asked for with peak_memory ()."""
    ours, theirs = os.pipe()
    try:
        child = subprocess.Popen([os.environ['MIMESEND_TEST_PEAK'], str(theirs), *command], env=environment(env), pass_fds=[theirs],
                                 stdin=subprocess.DEVNULL, **more)
    finally:
        os.close(theirs)
    child.peak = os.fdopen(ours)
    return child


def peak_memory(child):
    """The most that it ever took, in KiB, once it has ended."""
    with child.peak:
        peak = int(child.peak.read())
    child.wait()
    return peak


def text_of(part):
    return part.get_content().replace('\r\n', '\n')


class Trap:
    """A server to which no connection may be made."""

    def __init__(self):
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.socket.setblocking(False)
        self.name = '127.0.0.1:%d' % self.socket.getsockname()[1]

    def was_touched(self):
        try:
            self.socket.accept()
        except BlockingIOError:
            return False
        return True


class Sink:
    """`mimesend sink` on a free port of loopback; what it says, line by line."""

    def __init__(self, case, *args, script=(), store=True, env=None):
        steps = [word for step in script for word in ('--script', step)]
        self.dir = tempfile.mkdtemp(prefix='mimesend-sink-')
        case.addCleanup(shutil.rmtree, self.dir)
        self.stored = store
        where = ['--eml', self.dir] if store else ['--discard']
        self.process = subprocess.Popen([MIMESEND, 'sink', '--json', *where, *args, *steps], env=environment(env),
                                        stdout=subprocess.PIPE)
        case.addCleanup(self.stop)
        self.lost = []
        listening = json.loads(self.process.stdout.readline())['listening']
        self.name = '%s:%d' % (listening['address'], listening['port'])
        self.certificate = listening.get('certificate')

    def message(self):
        """The next message: its envelope with the octets."""
        for line in self.process.stdout:
            said = json.loads(line)
            if 'message' in said:
                envelope = said['message']
                if self.stored:
                    with open(os.path.join(self.dir, envelope['id'] + '.eml'), 'rb') as f:
                        envelope['content'] = f.read()
                return envelope
            if 'lost' in said:
                self.lost.append(said['lost'])
        raise EOFError

    def stop(self):
        """Ends it; returns the messages that were not asked for yet."""
        if self.process.poll() is None:
            self.process.terminate()
        messages = []
        while True:
            try:
                messages.append(self.message())
            except EOFError:
                break
            except ValueError:  # closed already
                return []
        self.process.wait()
        self.process.stdout.close()
        return messages


def heed_permissions():
    """In a child, ahead of the command: root reads only what the mode of a file allows its owner, as others do."""
    drop_from_bounding_set = 24
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0)


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='mimesend-test-')
        self.addCleanup(shutil.rmtree, self.dir)

    def file(self, name, octets=b'content\n', mode=0o600):
        path = os.path.join(os.fsencode(self.dir), os.fsencode(name))
        with open(path, 'wb') as f:
            f.write(octets)
        os.chmod(path, mode)
        return path if isinstance(name, bytes) else os.fsdecode(path)

    def check(self, result, code, *words):
        """The exit code, and that standard error says each of the words."""
        said = result.stderr.decode()
        self.assertEqual(result.returncode, code, said + (result.stdout or b'').decode(errors='replace'))
        for word in words:
            self.assertIn(word, said)
        return said

    def refuse(self, code, *args, words=(), **more):
        """Refused before the server is connected to."""
        trap = Trap()
        result = run('-S', trap.name, *args, **more)
        self.check(result, code, *words)
        self.assertFalse(trap.was_touched())
        trap.socket.close()
        return result

    def build(self, *args, **more):
        result = run('build', *args, **more)
        self.check(result, 0)
        self.assertNotIn(b'\r', result.stdout)
        return email.message_from_bytes(result.stdout, policy=email.policy.default)


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.n = 0

    def line(self, good, test, why=''):
        self.n += 1
        print('%s %d - %s%s' % ('ok' if good else 'not ok', self.n, test.id().replace('__main__.', ''), why), flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.line(True, test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.line(True, test, ' # SKIP ' + reason)

    def tell(self, test, error):
        self.line(False, test)
        for line in self._exc_info_to_string(error, test).splitlines():
            print('# ' + line, flush=True)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.tell(test, error)

    def addError(self, test, error):
        super().addError(test, error)
        self.tell(test, error)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.tell(subtest, error)


def main():
    names = sys.argv[1:]
    loader = unittest.defaultTestLoader
    module = sys.modules['__main__']
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    result = TapResult()
    suite.run(result)
    print('1..%d' % result.n)
    sys.exit(0 if result.wasSuccessful() else 1)
