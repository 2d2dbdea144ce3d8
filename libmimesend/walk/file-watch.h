/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that is read while others may write it: is what was read still what it holds? */
#pragma once

#include <sys/stat.h>

#include "octets/fingerprint.h"

G_BEGIN_DECLS

/* What several readers have seen of one file, at different times: all get the same octets. May be shared by threads. */
typedef struct _MimesendFileSeen MimesendFileSeen;

MimesendFileSeen *mimesend_file_seen_new (void);
void mimesend_file_seen_free (MimesendFileSeen *self);

typedef struct
{
  struct stat st; /* when it was begun */
  gint64 start;
  guint64 total; /* octets that are read of it, from start */
  gboolean grew; /* there are more of them by now */
  gboolean over; /* it was looked at after the last one */
  MimesendFingerprint fingerprint;
  MimesendFileSeen *seen; /* nullable, borrowed: shared with other readers */
} MimesendFileWatch;

/* Before the first octet is read. FALSE with error: another reader saw other octets. */
gboolean mimesend_file_watch_begin (MimesendFileWatch *self,
                                    const struct stat *st,
                                    gint64 start,
                                    guint64 total,
                                    int fd,
                                    MimesendFileSeen *seen,
                                    const char **why);

/* After the last one. FALSE: what was read is not what the file holds there; *why says so of it. */
gboolean mimesend_file_watch_end (MimesendFileWatch *self, int fd, const char **why);

/* A fingerprint of those n octets, read for that. FALSE: they cannot be had. */
gboolean mimesend_file_look (int fd, gint64 start, guint64 n, guint64 *fingerprint);

/* For a look that is no reading: its time of access stays, where the file is this user's. −1 with errno. */
int mimesend_file_open_to_look (const char *path);

/* Of a file whose size was told when its times were those: may its octets still be the same, as far as times tell? */
gboolean mimesend_file_may_be_same (const struct stat *st, gint64 mtime_ns, gint64 atime_ns);
gint64 mimesend_file_time_ns (const struct timespec *time);

G_END_DECLS
