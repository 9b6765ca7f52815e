output "address" {
  description = "The address from which every call comes."
  value       = google_compute_address.this.address
}

output "network" {
  description = "What a function needs to go out by it."
  value = {
    network    = google_compute_network.this.id
    subnetwork = google_compute_subnetwork.this.id
  }
}
