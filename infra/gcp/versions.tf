terraform {
  required_version = ">= 1.11, < 2.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.7"
    }
  }
}

provider "google" {
  project = var.project.id
  region  = var.region

  default_labels = {
    app = "simpler-contacts"
  }
}
