# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that is told to stop at the worst moment: what comes back, what is stored, and what we say of it.

The process that serves the connection is held still (SIGSTOP) while the end of the message is written to it, and finds
SIGTERM beside it when it goes on: what stopping a busy server does, without the luck that it takes there.
"""

import itertools
import os
import re
import signal
import time

from relay import Relay


def socket_of(server_port, client_port):
    """The server's end of a connection over loopback: its inode, and how many octets wait there to be read."""
    with open("/proc/net/tcp") as file:
        for line in file.readlines()[1:]:
            words = line.split()
            if [int(words[i].split(":")[1], 16) for i in (1, 2)] == [server_port, client_port]:
                return words[9], int(words[4].split(":")[1], 16)
    raise AssertionError("there is no such connection")


def holds(process, inode):
    try:
        folder = "/proc/%d/fd" % process
        return any(os.readlink(os.path.join(folder, name)) == "socket:[%s]" % inode for name in os.listdir(folder))
    except OSError:
        return False


def serving(server_port, client_port):
    """The processes that have the server's end of a connection open."""
    inode = socket_of(server_port, client_port)[0]
    return [process for process in map(int, filter(str.isdigit, os.listdir("/proc"))) if holds(process, inode)]


def state_of(process):
    with open("/proc/%d/stat" % process) as file:
        return file.read().rpartition(")")[2].split()[0]


def await_true(condition, words):
    """What the kernel alone knows of other processes is no event that could be awaited: it is asked again and again."""
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(words)
        time.sleep(0.001)


def hold_still(server_port, client_port):
    """Stops who serves the connection, once all is read and it waits for more. Returns the processes."""
    processes = serving(server_port, client_port)
    await_true(lambda: socket_of(server_port, client_port)[1] == 0 and all(state_of(p) == "S" for p in processes),
               "the server does not read on")
    for process in processes:
        os.kill(process, signal.SIGSTOP)
        await_true(lambda: state_of(process) == "T", "process %d does not stop" % process)
    return processes


class Stopping:
    stop_mode = None       # the mode in which it is tried
    stop_ends_all = False  # one process is the whole server
    fresh_server = None    # run.py: a server of this kind that no other test uses

    def stop_at_the_end(self):
        """Returns the answer of the command, and what the server said behind the end."""
        address = (self.server.address, self.server.ports[self.stop_mode])
        with Relay(address, hide=["CHUNKING"], hold_end=True) as relay:
            arguments = ["--json", *self.reach(self.stop_mode, host="127.0.0.1", port=relay.port), "-s", "stopped",
                         "--text", self.letters.poem_file, "-t", "ok1@example.test", "-t", "ok2@example.test"]
            sending = self.command.start(*arguments)
            self.assertTrue(relay.held.wait(60), "the message never came to its end")
            processes = hold_still(address[1], relay.server_port)
            relay.release()
            self.assertTrue(relay.ended.wait(60))
            for number, process in itertools.product((signal.SIGTERM, signal.SIGCONT), processes):
                os.kill(process, number)
            return self.command.finish(sending, arguments), bytes(relay.replied)

    def test_stopped_at_the_end(self):
        """What is told as accepted is there; what is told as refused or deferred is not."""
        with self.fresh_server() as self.server:
            self.store = self.store_of(self.server)
            answer, replies = self.stop_at_the_end()
            outcome = answer.json["outcome"]
            if outcome == "accepted":
                self.delivered(2)
            elif not self.stop_ends_all:
                self.await_control()
            reached = {recipient for message in self.store.from_sender(self.sender) for recipient in message.recipients}
            self.assertIn(len(reached), (0, 2))
            if outcome != "in-doubt":
                self.assertEqual(bool(reached), outcome == "accepted", "%s\n%s" % (answer, replies))
            said = re.findall(rb"(?m)^(?!221)\d{3} (?:\d\.\d+\.\d+)?", replies)
            self.ran.note("stopped", self.title, ", ".join(line.decode().strip() for line in said) or "–",
                          "yes" if reached else "no", outcome.replace("-", " "))
