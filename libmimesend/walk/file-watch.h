/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Detects whether a file that others may write still holds what was read of it. */
#pragma once

#include <sys/stat.h>

#include "octets/fingerprint.h"

G_BEGIN_DECLS

/* What the readers of one file have seen, at different times: all must get the same octets. Thread-safe. */
typedef struct _MimesendFileSeen MimesendFileSeen;

MimesendFileSeen *mimesend_file_seen_new (void);
void mimesend_file_seen_free (MimesendFileSeen *self);

typedef struct
{
  struct stat st; /* the file at the beginning */
  gint64 start;
  guint64 total; /* octets that are read of it, from start */
  gboolean grew; /* the file is longer by now */
  gboolean over; /* the check at the end was made */
  MimesendFingerprint fingerprint;
  MimesendFileSeen *seen; /* nullable, borrowed: shared with other readers */
} MimesendFileWatch;

/* Begins to watch, before the first octet is read. FALSE with error: another reader saw other octets. */
gboolean mimesend_file_watch_begin (MimesendFileWatch *self,
                                    const struct stat *st,
                                    gint64 start,
                                    guint64 total,
                                    int fd,
                                    MimesendFileSeen *seen,
                                    const char **why);

/* Checks after the last octet. FALSE: the file no longer holds what was read; *why is the reason, as the end of a sentence. */
gboolean mimesend_file_watch_end (MimesendFileWatch *self, int fd, const char **why);

/* Reads n octets for their fingerprint. FALSE: they cannot be read. */
gboolean mimesend_file_look (int fd, gint64 start, guint64 n, guint64 *fingerprint);

/* Opens a file to inspect it without changing its access time, where the file is this user's. −1 with errno. */
int mimesend_file_open_to_look (const char *path);

/* Whether, going by its times, a file may still hold the octets it held when they were recorded. */
gboolean mimesend_file_may_be_same (const struct stat *st, gint64 mtime_ns, gint64 atime_ns);
gint64 mimesend_file_time_ns (const struct timespec *time);

G_END_DECLS
