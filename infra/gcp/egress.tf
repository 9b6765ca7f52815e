module "egress" {
  source = "./modules/egress"
  count  = var.fixed_egress ? 1 : 0

  region     = var.region
  depends_on = [google_project_service.api]
}
