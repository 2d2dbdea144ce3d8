/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A `mimesend sink` of the test's own: a process on a free loopback port, its messages in a temporary folder. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _TestSink TestSink;

/* Options as on the command line, NULL-terminated; --json, --listen and, without --discard, --eml are added. */
TestSink *test_sink_start_with (const char *const *options);
#define test_sink_start(...) test_sink_start_with ((const char *const[]){ __VA_ARGS__ })
void test_sink_stop (TestSink *self);

guint16 test_sink_port (TestSink *self);
const char *test_sink_server (TestSink *self);            /* "127.0.0.1:PORT" */
char *test_sink_url (TestSink *self, const char *scheme); /* (transfer full): "SCHEME://127.0.0.1:PORT" */

/* Waits for the next line that the sink prints of a message; the object is the sink's until the next call. */
JsonObject *test_sink_next (TestSink *self);
/* The octets of the message that test_sink_next () told of. */
GBytes *test_sink_octets (TestSink *self);
/* How many messages lie in the folder. */
guint test_sink_count (TestSink *self);

G_END_DECLS
