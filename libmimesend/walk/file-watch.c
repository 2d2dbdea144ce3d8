/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Detects that a file changed while it was read. Size and times cannot tell a write in the middle from `touch`, or from an
 * append. So where they have changed, the octets that were read are read once more and must be the same: what is sent is
 * then what the file held at one time. The usual case, no change, costs a fingerprint.
 *
 * Not detected: a write that leaves size, mtime and ctime as they were (within one tick of the file system's clock, or
 * through a mapping that is not written back yet); and changes to the promised octets of a file that is not short and grew
 * before its first octet was read. */
#include "walk/file-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 65536

struct _MimesendFileSeen
{
  GMutex mutex;
  gboolean known;
  guint64 fingerprint;
  struct stat st; /* the file when the fingerprint was made */
};

MimesendFileSeen *
mimesend_file_seen_new (void)
{
  MimesendFileSeen *self = g_new0 (MimesendFileSeen, 1);

  g_mutex_init (&self->mutex);
  return self;
}

void
mimesend_file_seen_free (MimesendFileSeen *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

gint64
mimesend_file_time_ns (const struct timespec *time)
{
  return (gint64)time->tv_sec * 1000000000 + time->tv_nsec;
}

static gboolean
same_time (const struct timespec *a, const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static gboolean
file_is_untouched (const struct stat *a, const struct stat *b)
{
  return a->st_size == b->st_size && same_time (&a->st_mtim, &b->st_mtim) &&
         same_time (&a->st_ctim, &b->st_ctim);
}

/* Tells a touch from a write: a write sets mtime and ctime to the same time and leaves atime; touch sets all three, or sets
 * mtime to a time of its own. */
gboolean
mimesend_file_may_be_same (const struct stat *st, gint64 mtime_ns, gint64 atime_ns)
{
  if (mimesend_file_time_ns (&st->st_mtim) == mtime_ns || !same_time (&st->st_mtim, &st->st_ctim))
    return TRUE;
  return same_time (&st->st_atim, &st->st_mtim) && mimesend_file_time_ns (&st->st_atim) != atime_ns;
}

gboolean
mimesend_file_look (int fd, gint64 start, guint64 n, guint64 *fingerprint)
{
  g_autofree guint8 *block = g_malloc (MIN (BLOCK, n + 1));
  MimesendFingerprint all;

  mimesend_fingerprint_init (&all);
  while (all.length < n)
    {
      gssize got = pread (fd, block, MIN (BLOCK, n - all.length), (off_t)(start + (gint64)all.length));

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return FALSE;
      mimesend_fingerprint_add (&all, block, (gsize)got);
    }
  *fingerprint = mimesend_fingerprint_get (&all);
  return TRUE;
}

int
mimesend_file_open_to_look (const char *path)
{
  const int flags =
      O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK; /* opening a pipe would wait for its writer */
  int fd = open (path, flags | O_NOATIME);

  return fd < 0 && errno == EPERM ? open (path, flags) : fd;
}

/* The first reader that has read the whole file records its fingerprint. */
static gboolean
file_seen_agrees (MimesendFileSeen *seen, guint64 fingerprint, const struct stat *st)
{
  gboolean agrees;

  g_mutex_lock (&seen->mutex);
  agrees = !seen->known || seen->fingerprint == fingerprint;
  if (agrees)
    {
      seen->known = TRUE;
      seen->fingerprint = fingerprint;
      seen->st = *st;
    }
  g_mutex_unlock (&seen->mutex);
  return agrees;
}

static gboolean
needs_look (MimesendFileSeen *seen, const struct stat *st)
{
  gboolean needed;

  g_mutex_lock (&seen->mutex);
  needed = seen->known && !file_is_untouched (&seen->st, st);
  g_mutex_unlock (&seen->mutex);
  return needed;
}

gboolean
mimesend_file_watch_begin (MimesendFileWatch *self,
                           const struct stat *st,
                           gint64 start,
                           guint64 total,
                           int fd,
                           MimesendFileSeen *seen,
                           const char **why)
{
  guint64 fingerprint;

  self->st = *st;
  self->start = start;
  self->total = total;
  self->grew = (guint64)(st->st_size - start) > total;
  self->over = FALSE;
  self->seen = seen;
  mimesend_fingerprint_init (&self->fingerprint);
  if (seen == NULL || !needs_look (seen, st))
    return TRUE;
  *why = "is not what it was for the messages ahead of this one";
  return mimesend_file_look (fd, start, total, &fingerprint) && file_seen_agrees (seen, fingerprint, st);
}

gboolean
mimesend_file_watch_end (MimesendFileWatch *self, int fd, const char **why)
{
  guint64 fingerprint = mimesend_fingerprint_get (&self->fingerprint), now;
  struct stat st;

  if (self->over || fstat (fd, &st) != 0)
    return TRUE;
  self->over = TRUE;
  *why = "became shorter while it was read";
  if ((guint64)st.st_size < (guint64)self->start + self->total)
    return FALSE;
  *why = "was changed while it was read";
  if (!file_is_untouched (&self->st, &st) &&
      (!mimesend_file_look (fd, self->start, self->total, &now) || now != fingerprint))
    return FALSE;
  self->grew = self->grew || st.st_size > self->st.st_size;
  *why = "is not what it was for the messages ahead of this one";
  return self->seen == NULL || file_seen_agrees (self->seen, fingerprint, &st);
}
