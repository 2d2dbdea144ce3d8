/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a MimesendSecurity says, for the stages that do it. */
#pragma once

#include "mimesend-security.h"

G_BEGIN_DECLS

struct _MimesendSecurity
{
  gatomicrefcount refs;
  MimesendSecurityKind kind;
  gboolean signs;
  char *key; /* NULL: the sender's */
  gboolean encrypts;
  gboolean hides_recipients;
  gboolean hides_subject;
  gboolean prompts;
};

G_END_DECLS
