# Copy it to installation.tfvars and put in your own. WISPs are no part of it: they are set up by wisp_settings.

project = {
  id     = "acme-contacts"
  number = "123456789012"
}

alert_emails = ["operations@example.com"]
runbook_url  = "https://example.com/contacts/docs/runbook.md"
mail_from    = "SIMPLer contacts <contacts@example.com>"

simpler_backend_identities = [
  "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/simpler/*",
]
