# A queue of tasks that call our functions, and who may put tasks into it.

resource "google_cloud_tasks_queue" "this" {
  name     = var.name
  location = var.region

  rate_limits {
    max_concurrent_dispatches = var.at_once
    max_dispatches_per_second = 10
  }

  retry_config {
    max_attempts       = var.tries
    min_backoff        = "${var.shortest_pause}s"
    max_backoff        = "${var.longest_pause}s"
    max_doublings      = 4
    max_retry_duration = "0s"
  }

  stackdriver_logging_config {
    sampling_ratio = 1
  }
}

resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = var.enqueuers

  name     = google_cloud_tasks_queue.this.name
  location = google_cloud_tasks_queue.this.location
  role     = "roles/cloudtasks.enqueuer"
  member   = each.value
}
