# An Irish and a Canadian WISP. Copy it to installation.tfvars and put in your own.

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

wisps = {
  acme = {
    name             = "ACME Wireless"
    country          = "IE"
    time_zone        = "Europe/Dublin"
    simpler_url      = "https://simpler.acme.example/api"
    simpler_operator = "acme"
    mail_domains     = ["acme.example"]
    notify           = ["office@acme.example"]
  }
  borealis = {
    name             = "Borealis"
    country          = "CA"
    time_zone        = "America/Toronto"
    simpler_url      = "https://simpler.borealis.example/api"
    simpler_operator = "borealis"
    leavers          = "keep"
  }
}
