# One page of graphs, in the order in which one looks: how many an hour, the sum of numbers, or their mean.

locals {
  of_functions = "{monitored_resource=\"cloud_run_revision\"}"

  counts = [for graph in [["runs", "state"], ["abandoned_runs", "code"], ["quota_waits", "event"], ["quota_refusals", "limit"], ["refused_plans", ""], ["dead_tokens", "code"]] : {
    title = local.counted[graph[0]].shows
    query = "sum${graph[1] == "" ? "" : " by (${graph[1]})"} (increase(${module.counted[graph[0]].prometheus}${local.of_functions}[1h]))"
  }]

  sums = [for name in ["created", "updated", "removed", "failed", "requests"] : {
    title = local.measured[name].shows
    query = "sum(increase(${module.measured[name].prometheus}_sum${local.of_functions}[1h]))"
  }]

  means = [for name in ["run_seconds", "account_seconds", "account_contacts", "account_total"] : {
    title = local.measured[name].shows
    query = join(" / ", [for part in ["sum", "count"] : "sum(increase(${module.measured[name].prometheus}_${part}${local.of_functions}[1h]))"])
  }]
}

resource "google_monitoring_dashboard" "this" {
  dashboard_json = jsonencode({
    displayName = "SIMPLer contacts"
    gridLayout = {
      columns = "2"
      widgets = [for graph in concat(local.counts, local.means, local.sums) : {
        title   = graph.title
        xyChart = { dataSets = [{ plotType = "LINE", timeSeriesQuery = { prometheusQuery = graph.query } }] }
      }]
    }
  })
}
