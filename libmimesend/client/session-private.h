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
  int busy; /* atomic: a send is under way */
};

G_END_DECLS
