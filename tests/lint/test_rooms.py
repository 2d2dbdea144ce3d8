#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The lint of the rooms fails when an arrow is added: each one that is not allowed, by include and by symbol, and a circle."""

import sys

import rooms


def arrows():
    """Every pair of floors of a tree that may not know one another, as two files."""
    for tree, floors in rooms.ARROWS.items():
        for floor, known in floors.items():
            for other in floors:
                if other != floor and other not in known:
                    yield tree, "/".join(filter(None, (tree, floor, "here.c"))), "/".join(filter(None, (tree, other, "there.c")))


def main():
    missed = []
    for tree, user, used in arrows():
        if rooms.arrow_fault(user, used) is None:
            missed.append("%s uses %s" % (user, used))
        table = {user: (set(), {"symbol"}), used: ({"symbol"}, set())}
        if not any(rooms.arrow_fault(*pair[:2]) for pair in rooms.uses(table)):
            missed.append("%s links with %s" % (user, used))
        if tree == "libmimesend" and rooms.include_fault(user, used[len(tree) + 1:-2] + ".h", False) is None:
            missed.append("%s includes %s" % (user, used))
    for user, name, angle in (("libmimesend/smtp/here.c", "stdio.h", True), ("libmimesend/walk/here.c", "gnutls/gnutls.h", True),
                              ("libmimesend/mime/here.c", "mimesend-session.h", False),
                              ("libmimesend/client/drive/here.c", "mimesend-pool.h", False),
                              ("libmimesend/client/drive/here.c", "mimesend-session.h", False),
                              ("libmimesend/client/session/here.c", "mimesend-pool.h", False),
                              ("libmimesend/client/delivery/here.c", "mimesend-mailing.h", False),
                              ("libmimesend/client/pool/here.c", "mimesend-send.h", False), ("tools/sink/here.c", "options/options.h", False),
                              ("tools/send.c", "libmimesend/smtp/client.h", True), ("tools/send.c", "libmimesend/smtp/client.h", False),
                              ("tools/sink/report.c", "libmimesend/octets/printable.h", False), ("libmimesend/nowhere/here.c", "glib.h", True)):
        if rooms.include_fault(user, name, angle) is None:
            missed.append("%s includes %s" % (user, name))
    for edges, n in (({"a": {"b"}, "b": {"a"}}, 1), ({"a": {"b"}, "b": {"c"}, "c": {"a"}}, 1), ({"a": {"b"}, "b": {"c"}}, 0)):
        if len(rooms.circles(edges)) != n:
            missed.append("circles in %s" % edges)
    for word in missed:
        print("not seen: " + word)
    print("rooms: %s" % ("%d faults were not seen" % len(missed) if missed else "every fault is seen"))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
