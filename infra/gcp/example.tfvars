# Copy it to installation.tfvars and put in your own. WISPs are no part of it: they are set up by wisp_settings.

project = {
  id     = "acme-contacts"
  number = "123456789012"
}

alert_emails = ["operations@example.com"]
runbook_url  = "https://example.com/contacts/docs/runbook.md"
operators    = "group:contacts-operators@example.com"
mail_from    = "SIMPLer contacts <contacts@example.com>"

# Mail and log in the EU, as all else is. Take the first out if your SendGrid account is not in the EU.
sendgrid_endpoint = "https://api.eu.sendgrid.com"
log_location      = "europe-west1"

# A month's budget, in the currency of the billing account. Somebody is mailed; nothing stops.
# budget = { billing_account = "012345-6789AB-CDEF01", amount = 200 }

# Who calls as SIMPLer's backend. Its pool must be there first: docs/callers.md. Until then nobody does.
simpler_backend_identities = []
