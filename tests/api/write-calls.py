#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""write-calls.py OUT MAP SOURCE-ROOT HEADERS...

Writes the calls that test-guards.c makes, from the public headers: every public function with NULL everywhere, with NULL for
one required argument, with an object of the wrong type for each object, with a flag that its type does not have, and with a
time that is no number. An argument is required unless its comment says (nullable), (optional) or (out). A function of the map that no header declares, a type that has no value here, and an asynchronous function without I/O priority
and cancellable are errors.
"""

import glob
import os
import re
import sys

# A value of each type, as test-guards.c makes them. None: NULL is as good as any.
VALUES = {
    "char *": '"joe@example.com"', "char *const *": "valid_strings", "GMimeObject *": "valid.part", "GMimeMessage *": "valid.message",
    "GMimeObject **": "&valid.part", "GMimeStream *": "valid.stream", "GInputStream *": "valid.input",
    "GFileInputStream *": "valid.file", "GOutputStream *": "valid.output", "GBytes *": "valid.bytes",
    "GString *": "valid.string", "GDateTime *": "valid.time", "GInetAddress *": "valid.inet",
    "GSocketConnectable *": "valid.connectable", "GAsyncResult *": "valid.result", "GProxyResolver *": None,
    "GCancellable *": None, "GMimeFormatOptions *": None, "GError *": "valid.error", "GError **": "&error",
    "MimesendArg *": "&valid.arg", "MimesendArg": "valid.arg", "MimesendAddress *": "valid.address",
    "MimesendContent *": "valid.content", "MimesendDkim *": "valid.dkim", "GPtrArray *": "valid.dkims", "MimesendEnvelope *": "valid.envelope", "MimesendLetter *": "valid.letter",
    "MimesendMailing *": "valid.mailing", "MimesendMetrics *": "valid.metrics", "MimesendPartBuilder *": "valid.builder",
    "MimesendPool *": "valid.pool", "MimesendReceipt *": "valid.receipt",
    "MimesendProbeResult *": "valid.probe", "MimesendRetry *": "valid.retry", "MimesendSecurity *": "valid.security",
    "MimesendServer *": "valid.server", "MimesendSession *": "valid.session",
    "MimesendTraceEvent *": "valid.event", "MimesendNextFunc": "valid_next", "MimesendSettledFunc": "valid_settled",
    "MimesendSecretFunc": "valid_secret", "MimesendTraceFunc": None, "MimesendTraceEventFunc": None,
    "GAsyncReadyCallback": "valid_ready", "GDestroyNotify": None, "gpointer": None, "MimesendReceipt **": None, "char **": None,
}
NUMBERS = re.compile(r"double|g?u?int(8|16|32|64)?|g?s?size|gboolean|Mimesend(\w+Flags|DkimForm|Outcome|ProbeStage|SecurityKind|Return|Stage|TlsPolicy|TlsVersion)"
                     r"|GMimeContentEncoding")
# Those whose type an instance carries.
OBJECTS = {"GMimeObject *", "GMimeMessage *", "GMimeStream *", "GInputStream *", "GFileInputStream *", "GOutputStream *", "GInetAddress *",
           "GSocketConnectable *", "GAsyncResult *", "GProxyResolver *", "GCancellable *", "MimesendContent *",
           "MimesendLetter *", "MimesendMailing *", "MimesendPool *", "MimesendSession *"}
# What an asynchronous function ends with.
ASYNC = ["int", "GCancellable *", "GAsyncReadyCallback", "gpointer"]
# The macros hand on what they are given, and the sending answers it with an error.
HANDED_ON = re.compile(r"mimesend_arg_\w+")
# With all flags they would go out to the network.
OTHERS_ARE_ASKED = re.compile(r"mimesend_address_check(_async)?")
# These answer an argument of a wrong type with an error that says what to write instead.
ANSWERED = re.compile(r"mimesend_content_add_(stream|input_stream|content)")


def without(text, pattern, by=" "):
    return re.sub(pattern, by, text, flags=re.S | re.M)


def prototypes(header):
    """The functions of a header: name, [(type, name)]."""
    text = without(open(header, encoding="utf-8").read(), r"/\*.*?\*/")
    text = without(text, r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*")
    for name, args in re.findall(r"\b(mimesend_\w+) \(([^()]*)\);", text):
        found = []
        for arg in args.split(","):
            arg = " ".join(arg.replace("const char", "char").replace("const GError", "GError")
                           .replace("const MimesendArg", "MimesendArg").split())
            if arg != "void":
                kind, word = re.fullmatch(r"(.*?)(\w+)", arg).groups()
                found.append((kind.strip(), word))
        yield name, found


def may_be_null(source_root):
    """(function, parameter) of all comments that let NULL pass."""
    found = set()
    for path in glob.glob(os.path.join(source_root, "libmimesend/**/*.[ch]"), recursive=True):
        for comment in re.findall(r"/\*\*\n \* (mimesend_\w+):(?: \([^)]*\))*\n(.*?)\*/", open(path, encoding="utf-8").read(), re.S):
            for parameter, notes in re.findall(r"^ \* @(\w+): ((?:\([^)]*\) ?)+)", comment[1], re.M):
                if re.search(r"nullable|optional|\(out", notes):
                    found.add((comment[0], parameter))
    return found


def value(kind):
    if NUMBERS.fullmatch(kind):
        return "1" if kind == "gsize" else "0"
    return VALUES[kind] or "NULL"


def null(kind):
    if kind == "MimesendArg":
        return "null_arg"
    return value(kind) if NUMBERS.fullmatch(kind) else "NULL"


def flags_type(kind):
    """MimesendSendFlags: MIMESEND_TYPE_SEND_FLAGS."""
    return "MIMESEND_TYPE_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind[len("Mimesend"):]).upper()


def calls(name, parameters, nullable):
    """What is called, and what must come of it: a critical, or whatever does not crash."""
    values = [value(kind) for kind, _ in parameters]
    if name.startswith("mimesend_part_stream_") and parameters[:1] == [("GMimeStream *", "self")]:
        values[0] = "valid.part_stream"
    yield "null", [null(kind) for kind, _ in parameters], "ANYTHING"
    for i, (kind, word) in enumerate(parameters):
        def instead(other):
            return values[:i] + [other] + values[i + 1:]
        if kind in OBJECTS:
            must = "REFUSAL" if ANSWERED.fullmatch(name) and word != "self" else "CRITICAL"
            handed_on = HANDED_ON.fullmatch(name) and word in ("stream", "content")
            yield "wrong-" + word, instead("(gpointer)valid.wrong"), "ANYTHING" if handed_on else must
        if kind.startswith("Mimesend") and kind.endswith("Flags"):
            yield "unknown-" + word, instead("(%s)unknown_flag (%s)" % (kind, flags_type(kind))), "CRITICAL"
            if not OTHERS_ARE_ASKED.fullmatch(name):
                yield "all-" + word, instead("(%s)all_flags (%s)" % (kind, flags_type(kind))), "NO_CRITICAL"
        if kind == "double":
            yield "nan-" + word, instead("NAN"), "CRITICAL"
        required = value(kind) != "NULL" and not NUMBERS.fullmatch(kind) and kind not in ("GError **", "MimesendArg", "GAsyncReadyCallback")
        if required and (name, word) not in nullable and not HANDED_ON.fullmatch(name):
            yield "no-" + word, instead("NULL"), "CRITICAL" if word == "self" else "REFUSAL"


def main():
    out, version_map, source_root, *headers = sys.argv[1:]
    functions = dict(row for header in headers for row in prototypes(header))
    mapped = re.findall(r"^ +(mimesend_\w+);", open(version_map, encoding="utf-8").read(), re.M)
    missing = [name for name in mapped if name not in functions and not name.endswith("_get_type")]
    if missing:
        sys.exit("no header declares %s in a form that is read here" % ", ".join(missing))
    tails = {name: parameters[-4:] for name, parameters in functions.items() if name.endswith("_async")}
    short = [name for name, tail in tails.items() if [kind for kind, _ in tail] != ASYNC or tail[0][1] != "io_priority"]
    if short:
        sys.exit("no I/O priority, cancellable and callback at the end of %s" % ", ".join(short))
    nullable, bodies, rows = may_be_null(source_root), [], []
    for name in mapped:
        for what, arguments, must in calls(name, functions.get(name, []), nullable):
            function = "%s_%s" % (name, what.replace("-", "_"))
            bodies.append("static void\ncall_%s (void)\n{\n  (void)%s (%s);\n}\n" % (function, name, ", ".join(arguments)))
            rows.append('  { "/api/guards/%s/%s", call_%s, %s },\n' % (name, what, function, must))
    with open(out, "w", encoding="utf-8") as file:
        file.write("%s\nstatic const Call calls[] = {\n%s};\n" % ("\n".join(bodies), "".join(rows)))


main()
