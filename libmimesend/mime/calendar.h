/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An iCalendar object that is sent as an invitation (RFC 5545, 5546, 6047). */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* As it goes into a letter; immutable. */
typedef struct
{
  gatomicrefcount refs;
  GBytes *octets; /* UTF-8 with CR LF line ends, no line folded within a character */
  char *method;   /* "REQUEST", in upper case */
} MimesendCalendar;

/* ics: as a program or a file has it, with CR LF or LF. MIMESEND_ERROR_CONTENT says what is wrong, and in which line: it is no
 * UTF-8, has no METHOD, or no ORGANIZER where the method needs one. */
MimesendCalendar *mimesend_calendar_new (GBytes *ics, GError **error);
MimesendCalendar *mimesend_calendar_ref (MimesendCalendar *self);
void mimesend_calendar_unref (MimesendCalendar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendCalendar, mimesend_calendar_unref)

/* (transfer full): text/calendar with the method, as programs with a calendar look for it (RFC 6047 2.4) … */
GMimeObject *mimesend_calendar_new_alternative (MimesendCalendar *self, GError **error);
/* … and a file, invite.ics. */
GMimeObject *mimesend_calendar_new_attachment (MimesendCalendar *self, GError **error);

G_END_DECLS
