#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A backtrace shows names, not files: no two files of the library and the command have static functions of the same name, and no
name is a bare verb. Functions that GLib calls back end in _cb."""

import re
import sys

from project import files, finish, read, without_comments

_STATIC = re.compile(r"^static (?:inline )?[\w *]+?\n?(\w+) \(([^;{}]*?)\)\s*\{", re.M)
_BARE = re.compile(r"^(fail|give|refuse|say|tell|end|parse|next|take|add|read|write|start|step|done|ask|answer|begin|finish|closed|sent"
                   r"|cancelled|connected|judge|leave|watch|run|show|look|keep|let_go)$")
# What GIO and GLib call back, by the shape of its parameters, or as it is handed over.
_READY = re.compile(r"GObject \*\w+, GAsyncResult \*\w+, (?:gpointer|void \*)\s*\w+")
_HANDED = re.compile(r"\b(?:g_signal_connect\w*|g_source_set_callback|g_cancellable_connect|g_idle_add\w*|g_timeout_add\w*"
                     r"|g_unix_signal_add\w*|g_thread_(?:try_)?new|g_task_run_in_thread)\s*\(([^;]*)\);")


def statics_of(text):
    return {match[1]: match[2] for match in _STATIC.finditer(text)}


def faults_of(sources):
    faults, seen = [], {}
    for path, text in sources.items():
        text = without_comments(text)
        statics = statics_of(text)
        for name, parameters in statics.items():
            if name in seen:
                faults.append("%s: %s () is static in %s, too: put the module's name in front" % (path, name, seen[name]))
            seen.setdefault(name, path)
            if _BARE.match(name):
                faults.append("%s: %s () says nothing in a backtrace: put the module's name in front" % (path, name))
            if _READY.fullmatch(" ".join(parameters.split())) and not name.endswith("_cb"):
                faults.append("%s: %s () is a callback: its name ends in _cb" % (path, name))
        for call in _HANDED.finditer(text):
            for name in re.findall(r"(?<![\w.>])(\w+)(?=\s*[,)]|$)", call[1]):
                if name in statics and not name.endswith(("_cb", "_free", "_unref")):
                    faults.append("%s: %s () is called back: its name ends in _cb" % (path, name))
    return faults


def main():
    sources = {path: read(path) for path in files(".c", ".h") if path.startswith(("libmimesend/", "tools/"))}
    faults = faults_of(sources)
    one = "static void\nfoo_free (gpointer p)\n{\n}\nstatic void\nask (int a)\n{\n}\nstatic void\nb (int a)\n{\n  g_idle_add (b, 0);\n}\n"
    two = "static int\nfoo_free (gpointer p)\n{\n}\nstatic void\nsent_it (GObject *o, GAsyncResult *r,\n         gpointer d)\n{\n}\n"
    if len(faults_of({"one.c": one, "two.c": two})) != 4:
        faults.append("the lint itself misses one of the faults that it looks for")
    return finish("statics", faults)


if __name__ == "__main__":
    sys.exit(main())
