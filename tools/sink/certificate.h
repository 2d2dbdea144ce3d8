/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The self-signed certificate of the sink. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full): a new key and its self-signed certificate for localhost, 127.0.0.1 and ::1. pem: the certificate alone. */
GTlsCertificate *sink_certificate_self_signed (char **pem, GError **error);

G_END_DECLS
