/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client/runner.h"
#include "mimesend-session.h"

G_BEGIN_DECLS

struct _MimesendSession
{
  GObject parent;
  MimesendPolicy policy;
  MimesendRunner *runner;
  MimesendReceipt *last;
  GMutex mutex; /* of what follows */
  guint n_under_way;
  gboolean alone;  /* a blocking caller has it */
  GThread *thread; /* whose the asynchronous ones are */
};

G_END_DECLS
