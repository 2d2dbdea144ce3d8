/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pieces of canonical octets, read as GnuPG asks for them. */
#pragma once

#include "secure/canonical.h"

G_BEGIN_DECLS

typedef struct
{
  MimesendCanonical *canonical; /* borrowed */
  GCancellable *cancellable;    /* borrowed, nullable */
  /* Nullable: is given each piece as well. FALSE with error stops. */
  gboolean (*keep) (gpointer data, const guint8 *octets, gsize n, GError **error);
  gpointer data;
  MimesendPiece piece;
  gsize used;
} MimesendPump;

/* A MimesendEngineRead; data is the pump. */
gssize mimesend_pump_read (gpointer data, guint8 *octets, gsize n, GError **error);
void mimesend_pump_clear (MimesendPump *self);

G_END_DECLS
