# A network whose calls to the world all come from one address.

resource "google_compute_network" "this" {
  #checkov:skip=CKV2_GCP_18: nothing listens in it, and without a rule nothing is let in
  name                    = "functions"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "this" {
  #checkov:skip=CKV_GCP_26: its only traffic are the functions' own calls, which are in their log
  name                     = "functions"
  region                   = var.region
  network                  = google_compute_network.this.id
  ip_cidr_range            = "10.8.0.0/22" # 1,020 addresses; instances take two each, in blocks of 16
  private_ip_google_access = true
}

resource "google_compute_address" "this" {
  name   = "functions-egress"
  region = var.region
}

resource "google_compute_router" "this" {
  name    = "functions"
  region  = var.region
  network = google_compute_network.this.id
}

resource "google_compute_router_nat" "this" {
  name                               = "functions"
  region                             = var.region
  router                             = google_compute_router.this.name
  nat_ip_allocate_option             = "MANUAL_ONLY"
  nat_ips                            = [google_compute_address.this.self_link]
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"

  subnetwork {
    name                    = google_compute_subnetwork.this.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}
