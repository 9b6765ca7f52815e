resource "google_project_service" "api" {
  for_each = toset(concat(
    [
      "artifactregistry", "cloudbuild", "cloudfunctions", "cloudscheduler", "cloudtasks", "firestore", "iam",
      "iamcredentials", "logging", "monitoring", "people", "run", "secretmanager", "storage", "sts",
    ],
    var.budget == null ? [] : ["billingbudgets"],
    var.fixed_egress ? ["compute"] : [],
  ))

  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}
