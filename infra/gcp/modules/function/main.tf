# A function: a service account of its own, its right on the database, and the one who may call it.

locals {
  name = replace(var.entry_point, "_", "-")

  # functions-framework starts as many threads (its _http/gunicorn.py); without it, four for each processor.
  threads = var.requests > 1 ? { THREADS = tostring(var.requests) } : {}

  # It also writes its own span over that of each line of ours, which then leads to no trace, where this is true (its
  # execution_id.py); Google sets it where nobody does.
  framework = merge({ LOG_EXECUTION_ID = "false" }, local.threads)
}

resource "google_service_account" "this" {
  account_id   = "fn-${local.name}"
  display_name = "Function ${var.entry_point}"
}

resource "google_cloudfunctions2_function" "this" {
  #checkov:skip=CKV_GCP_124: SIMPLer and browsers come from the internet; who may call is decided by IAM, and by CALLERS
  name     = local.name
  location = var.region

  build_config {
    runtime           = "python313"
    entry_point       = var.entry_point
    docker_repository = var.code.repository
    service_account   = var.code.builder

    # The build compiles our modules by the files' times, which the image then resets (buildpacks/lifecycle#1358), so that
    # each new instance would compile them again. With this, they are compiled by their content (docs.python.org/3/library/
    # py_compile.html); it is the time that the image has anyway.
    environment_variables = { SOURCE_DATE_EPOCH = "315532801" }

    source {
      storage_source {
        bucket = var.code.bucket
        object = var.code.object
      }
    }

    automatic_update_policy {}
  }

  service_config {
    service_account_email            = google_service_account.this.email
    environment_variables            = merge(var.settings, local.framework)
    timeout_seconds                  = var.timeout
    available_memory                 = var.memory
    available_cpu                    = "1"
    max_instance_count               = var.max_instances
    min_instance_count               = var.min_instances
    max_instance_request_concurrency = var.requests
    ingress_settings                 = var.ingress
    all_traffic_on_latest_revision   = true
    direct_vpc_egress                = var.network == null ? null : "VPC_EGRESS_ALL_TRAFFIC"

    dynamic "direct_vpc_network_interface" {
      for_each = var.network == null ? [] : [var.network]

      content {
        network    = direct_vpc_network_interface.value.network
        subnetwork = direct_vpc_network_interface.value.subnetwork
      }
    }
  }
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  count = var.by_hand ? 0 : 1

  name     = google_cloudfunctions2_function.this.name
  location = google_cloudfunctions2_function.this.location
  role     = "roles/run.invoker"
  member   = var.invoker
}

resource "google_project_iam_member" "database" {
  project = var.project
  role    = var.database.role
  member  = google_service_account.this.member

  condition {
    title      = "only this database"
    expression = "resource.name == \"projects/${var.project}/databases/${var.database.name}\""
  }
}
