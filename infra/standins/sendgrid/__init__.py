"""SendGrid on loopback: as strict as the real one, and it keeps mails as files instead of sending them."""
