# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network of the test's own: the test runs once more in a network and mount namespace where loopback is all there is,
every port is free, and the system's resolver asks a DNS server of the test's own. Nothing of the machine is touched."""

import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'tools')]

import support

OFF_LOOPBACK = '192.0.2.1'  # ours, and not loopback
OFF_LOOPBACK_V6 = '2001:db8::1'
_MARK = 'MIMESEND_TEST_ROOM'
_SIOCSIFFLAGS, _SIOCSIFADDR, _SIOCGIFINDEX = 0x8914, 0x8916, 0x8933
_UP = 0x1


def enter(prepare=None, four=OFF_LOOPBACK, six=OFF_LOOPBACK_V6):
    """Returns inside the namespaces; where they cannot be had the test says so and ends. prepare: what is to be done while
    the network is still there; returns why it could not be, or None. four, six: what this machine has beside the loopback's
    addresses; None: nothing, as without a network."""
    if _MARK not in os.environ:
        chain = ['unshare', '--net', '--mount', '--propagation', 'private']
        if os.geteuid() != 0:
            chain[1:1] = ['--user', '--map-root-user']
        why = support.no_namespaces(chain)
        if why is None and prepare:
            why = prepare()
        if why:
            skip(why)
        os.environ[_MARK] = tempfile.mkdtemp(prefix='mimesend-room-')
        status = subprocess.call([*chain, sys.executable, *sys.argv])
        subprocess.call(['rm', '-rf', os.environ[_MARK]])
        sys.exit(status)
    _bring_up(four, six)
    for name, text in (('hosts', ''), ('nsswitch.conf', 'hosts: files dns\n'), ('resolv.conf', '')):
        path = os.path.join(os.environ[_MARK], name)
        with open(path, 'w') as file:
            file.write(text)
        subprocess.run(['mount', '--bind', path, os.path.join('/etc', name)], check=True)
    resolver()


def skip(why):
    print('ok 1 - %s # SKIP %s\n1..1' % (os.path.basename(sys.argv[0]), why))
    sys.exit(0)


def resolver(seconds=1):
    """One server, asked once, waited for so long. The file stays the same, for it is mounted."""
    with open(os.path.join(os.environ[_MARK], 'resolv.conf'), 'w') as file:
        file.write('nameserver 127.0.0.1\noptions timeout:%d attempts:1\n' % seconds)


def hosts(text):
    """What /etc/hosts says. The file stays the same, for it is mounted."""
    with open(os.path.join(os.environ[_MARK], 'hosts'), 'w') as file:
        file.write(text)


def _bring_up(four, six):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as by_four:
        fcntl.ioctl(by_four, _SIOCSIFFLAGS, struct.pack('16sh14x', b'lo', _UP))
        index = struct.unpack('16si12x', fcntl.ioctl(by_four, _SIOCGIFINDEX, struct.pack('16si12x', b'lo', 0)))[1]
        if four is not None:
            address = struct.pack('HH4s8x', socket.AF_INET, 0, socket.inet_aton(four))
            fcntl.ioctl(by_four, _SIOCSIFADDR, struct.pack('16s16s', b'lo:1', address))
    if six is not None:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as by_six:
            fcntl.ioctl(by_six, _SIOCSIFADDR, struct.pack('16sIi', socket.inet_pton(socket.AF_INET6, six), 128, index))
