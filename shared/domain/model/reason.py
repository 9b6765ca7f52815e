"""Reason: who can mend what a code tells: an account's own people, or only an operator."""

FOR_ITS_OWNER = frozenset({"google.admin_policy", "google.forbidden", "google.reconnect", "google.scope"})
"""Google gives us no access to the account; its owner, or their administrator, can give it back."""

WAITS_FOR_A_PERSON = FOR_ITS_OWNER | {"account.paused", "google.full", "guard"}
"""Reasons of one account that its people or an operator were told of; the others are looked for first."""

_FOR_AN_OPERATOR = frozenset(
    {
        "google.oauth_client",
        "google.redirect",
        "google.service_disabled",
        "google.sign_in_refused",
        "internal",
        "mail.allowance",
        "mail.attachment",
        "mail.endpoint",
        "mail.forbidden",
        "mail.key",
        "mail.refused",
        "mail.region",
        "mail.reply_to",
        "mail.sender",
        "mail.too_large",
        "platform.forbidden",
        "simpler.address",
        "simpler.profile",
        "simpler.secret",
        "wisp.name_template",
    }
)
_OF_OUR_OWN = ("document.", "secret.", "setting.", "state.", "task.", "tasks.", "vault.")
"""The beginnings of codes about what this service stands on."""


def is_for_an_operator(code: str) -> bool:
    """Return whether only an operator can mend it, so that nobody else is bothered with it."""
    return code in _FOR_AN_OPERATOR or code.startswith(_OF_OUR_OWN)
