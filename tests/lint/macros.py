#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""macros.py BUILD: what may stand in the sending macros compiles as C11 without extensions under every compiler here; what
may not is refused, in words that say what to write instead."""

import os
import shutil
import subprocess
import sys
import tempfile

from project import ROOT, finish

_DECLARATIONS = """
#include <libmimesend/mimesend.h>

void f (char *text, const char *fixed, GMimeStream *stream, GMimeStreamMem *mem, GInputStream *input,
        GFileInputStream *file, GBytes *bytes, GString *string, MimesendContent *content, GMimeObject *object,
        GMimePart *part, GMimeMessage *mail, GMimeMultipart *multipart, MimesendServer *server, GInetAddress *address,
        GSocketConnectable *connectable, guint32 number, int integer, long wide, gint64 signed_64,
        guint64 unsigned_64, long long longest, unsigned long unsigned_wide, unsigned long long unsigned_longest,
        const char **list,
        const char *const *fixed_list, char **strv, MimesendLetter *letter, MimesendReceipt *receipt, GError **error);
"""
_FUNCTION = _DECLARATIONS.strip().split("\n\n")[1].rstrip(";")

_MESSAGES = ('"x"', "text", "fixed", "stream", "GMIME_STREAM (mem)", "input", "file", "G_INPUT_STREAM (file)", "bytes",
             "string", "content", '"a", stream, input, file, bytes, string, content, text', ", ".join(['"x"'] * 64))
_SERVERS = ('"h"', "text", "fixed", "integer", "number", "wide", "signed_64", "unsigned_64", "longest",
            "unsigned_wide", "unsigned_longest", "(gsize) 2130706433", "2130706433u", "2130706433ull", "address",
            "connectable", "server")
_RECIPIENTS = ('"b"', "text", "fixed", "list", "fixed_list", "strv")
_GOOD = (['mimesend_send_smtp ("h", "a", "b", &receipt, error, %s);' % message for message in _MESSAGES] +
         ['mimesend_send_smtp (%s, "a", "b", NULL, NULL, "x");' % server for server in _SERVERS] +
         ['mimesend_send_smtp ("h", "a", %s, NULL, NULL, "x");' % to for to in _RECIPIENTS] +
         ['mimesend_send_smtp_auth (server, "a", list, "user", "secret", &receipt, error, "x", stream);',
          'mimesend_send_letter (server, "a", list, letter, &receipt, error, "x", bytes);'])

_A_PART = "mimesend_part_stream_new"
_BAD = (("object", _A_PART), ("part", _A_PART), ("mail", _A_PART), ("multipart", _A_PART), ('"x", object', _A_PART),
        ("integer", "int"), ("letter", "MimesendLetter"), (", ".join(['"x"'] * 65), "mimesend_send_smtp_content"),
        (", ".join(['"x"'] * 70), "mimesend_send_smtp_content"))


def main():
    flags = subprocess.run(["pkg-config", "--cflags", "gmime-3.0", "gio-2.0"], check=True, stdout=subprocess.PIPE,
                           text=True).stdout.split()
    flags = [flag.replace("-I", "-isystem", 1) if flag.startswith("-I") else flag for flag in flags]
    faults = []
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        for compiler in filter(shutil.which, ("gcc", "clang")):
            def compile(line):
                source = "%s\n%s\n{\n  %s\n}\n" % (_DECLARATIONS, _FUNCTION, line)
                return subprocess.run(
                    [compiler, "-x", "c", "-std=c11", "-pedantic", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter",
                     "-c", "-o", os.path.join(folder, "object"), "-I", ROOT, "-I", sys.argv[1], *flags, "-"], input=source,
                    text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=dict(os.environ, LC_ALL="C"))
            tried += 1
            if compile("\n  ".join(_GOOD)).returncode != 0:
                for line in _GOOD:  # which one?
                    answer = compile(line)
                    if answer.returncode != 0:
                        faults.append("%s does not take %s\n%s" % (compiler, line[:120], answer.stdout))
            for message, word in _BAD:
                tried += 1
                answer = compile('mimesend_send_smtp ("h", "a", "b", NULL, NULL, %s);' % message)
                if answer.returncode == 0 or word not in answer.stdout:
                    faults.append("%s does not refuse %s by a word on %s\n%s" % (compiler, message[:120], word, answer.stdout))
    if tried == 0:
        faults.append("no compiler")
    return finish("macros, %d compilations" % tried, faults)


if __name__ == "__main__":
    sys.exit(main())
