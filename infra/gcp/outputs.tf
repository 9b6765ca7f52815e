output "console_redirect_uri" {
  description = "The redirect URI to enter at the OAuth client."
  value       = "${local.console_url}/oauth/callback"
}

output "console_url" {
  description = "Where people find the console; they enter by a link from console_link."
  value       = local.console_url
}

output "console_dns" {
  description = "The DNS records that lead console_domain here."
  value       = flatten([for mapping in google_cloud_run_domain_mapping.console : [for status in mapping.status : status.resource_records]])
}

output "egress_address" {
  description = "The address from which SIMPLer is called, to be listed there; null: any of Google's."
  value       = one(module.egress[*].address)
}

output "functions" {
  description = "The functions' addresses by entry point; each is also the audience of its callers' ID tokens."
  value       = local.urls
}

output "simpler_backend" {
  description = "The service account as which SIMPLer's backend calls."
  value       = google_service_account.caller["simpler"].email
}
