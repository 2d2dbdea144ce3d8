/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SIGINT, SIGTERM and SIGHUP. Ahead of sending: one line, and dead by the signal. While sending: the message
 * is dropped and the caller says what is known. After the end of the data: up to ten seconds for the server's
 * reply. */
#pragma once

#include <gio/gio.h>
#include <termios.h>

void signals_start (void);
/* Cancelled when the sending must end. */
GCancellable *signals_get_cancellable (void);

void signals_begin_sending (void);
void signals_note_end_of_data (void);
/* The signal that came since signals_begin_sending (), or 0. A later one only cancels what is still under
 * way. */
int signals_end_sending (void);
/* Dies by it, as if it had never been caught. */
void signals_die (int number) G_GNUC_NORETURN;

/* A terminal whose echo is off: put back in order before dying. saved NULL: no longer. */
void signals_guard_terminal (int fd, const struct termios *saved);
