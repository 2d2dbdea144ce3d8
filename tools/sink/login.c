/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AUTH (RFC 4954). */
#include "core-private.h"

struct _SinkLogin
{
  int unused;
};

const char *
sink_login_mechanisms (const SinkCore *self)
{
  return NULL;
}

void
sink_login_begin (SinkCore *self, const char *arguments)
{
  sink_core_say (self, "502", "5.5.1", "not implemented");
}

void
sink_login_response (SinkCore *self, const char *line)
{
}

void
sink_login_free (SinkLogin *self)
{
  g_free (self);
}
