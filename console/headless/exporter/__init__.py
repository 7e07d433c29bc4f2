"""What the console computes, as metrics that Prometheus scrapes: so that ordinary rules can alert on drift."""
