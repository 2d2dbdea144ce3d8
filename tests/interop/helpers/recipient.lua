-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Dovecot's user lookup for LMTP: decides by the name whether a recipient exists.
function auth_userdb_lookup (request)
  if request.user:find ("^ok") then
    return dovecot.auth.USERDB_RESULT_OK, { uid = "887", gid = "887", home = "/tmp" }
  elseif request.user:find ("^later") then
    return dovecot.auth.USERDB_RESULT_INTERNAL_FAILURE, "try later"
  end
  return dovecot.auth.USERDB_RESULT_USER_UNKNOWN, "no such user"
end
