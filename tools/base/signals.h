/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SIGINT, SIGTERM and SIGHUP. Before sending: prints one line and dies by the signal. While sending: the message is
 * cancelled and the outcome reported. After the end of the data: waits up to ten seconds for the server's reply. */
#pragma once

#include <gio/gio.h>
#include <termios.h>

void signals_start (void);
/* (transfer none): cancelled when sending must end. */
GCancellable *signals_get_cancellable (void);

void signals_begin_sending (void);
void signals_note_end_of_data (void);
/* The signal that came since signals_begin_sending (), or 0. A later signal only cancels what is still running. */
int signals_end_sending (void);
/* Terminates the process by the signal's default action. */
void signals_die (int number) G_GNUC_NORETURN;

/* Guards a terminal whose echo is off: it is restored before dying. saved NULL: no longer. */
void signals_guard_terminal (int fd, const struct termios *saved);
