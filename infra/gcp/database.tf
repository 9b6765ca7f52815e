# The database. Only history expires: a lease's token must only grow, and a ledger is how we know our contacts.

module "database" {
  source = "./modules/database"

  name        = var.database
  location    = var.database_location
  key         = var.database_key
  backup_days = var.backup_days
  expiring    = ["acts", "before", "connects", "dismissed", "links", "mails", "notes", "parts", "pressed", "previews", "runs", "suggestions", "used"]
  unindexed   = ["notes", "parts", "shards"]

  depends_on = [google_project_service.api]
}
