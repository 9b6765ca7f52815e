"""Google's consent: the pages on which users allow a program what it asks for, and what it gets then.

Played: the authorization endpoint `/o/oauth2/v2/auth` with its pages, authorization codes with PKCE,
`/revoke`, `/oauth2/v3/userinfo`, and the certificates `/oauth2/v1/certs` and `/oauth2/v3/certs`.

Sources:

* developers.google.com/identity/protocols/oauth2/web-server: parameters, errors on a page and errors that are
  sent back, when there is a refresh token, revocation;
* developers.google.com/identity/openid-connect/openid-connect: ID tokens, `prompt`, `login_hint`, user info;
* developers.google.com/identity/protocols/oauth2/resources/granular-permissions: when there are boxes;
* google/google-api-javascript-client#754 and #764: the boxes come unticked;
* requests/requests-oauthlib#387: `email` and `profile` are granted under their long names, with `openid`;
* googleapis/google-auth-library-nodejs#2028, googleapis/google-api-php-client#2669 and
  googleapis/google-api-java-client#1479: the texts of refusals about PKCE;
* googleworkspace/go-samples#85: the text of the refusal of an unknown code;
* RFC 6749 section 4.1, RFC 7636 (PKCE), RFC 7517 (keys), OpenID Connect Core 1.0 section 3.1.2.6.

Choices, where Google is silent:

* there are no passwords: whoever is at the page is any account, and new ones by typing an address;
* a faulty request is shown on a page, never sent back; of the errors only `access_denied` and
  `interaction_required` (`prompt=none`) are sent back;
* sign-in scopes and the others are on one page;
* a code lasts ten minutes, is spent by its first use by the right client, also when that is refused, and its
  second use revokes what the first one gave (RFC 6749 section 4.1.2);
* the consent counts from the moment it is given, whether or not its code is ever used;
* ID tokens carry the machine's time, not that of the movable clock: they are checked against the machine's;
* a refreshed access token comes without an ID token.
"""
