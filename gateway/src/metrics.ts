const BUCKETS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000];

/** What the gateway measures of itself, in Prometheus' text format. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #buckets = Array.from({ length: BUCKETS_MS.length + 1 }, () => 0);
  #sum_ms = 0;
  #count = 0;

  observe(method: string, status: number, took_ms: number): void {
    const key = `method="${method}",status="${status}"`;
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
    const bucket = BUCKETS_MS.findIndex((b) => took_ms <= b);
    this.#buckets[bucket < 0 ? BUCKETS_MS.length : bucket]! += 1;
    this.#sum_ms += took_ms;
    this.#count += 1;
  }

  render(services: { name: string; position: string | null; failed_events: number; outbox: number; lag: number }[]): string {
    const lines = ['# HELP shotlog_http_requests_total Requests answered by the gateway.', '# TYPE shotlog_http_requests_total counter'];
    for (const [labels, count] of this.#requests) lines.push(`shotlog_http_requests_total{${labels}} ${count}`);
    lines.push('# HELP shotlog_http_request_duration_seconds Time to the first byte of an answer.', '# TYPE shotlog_http_request_duration_seconds histogram');
    let total = 0;
    BUCKETS_MS.forEach((bound, i) => {
      total += this.#buckets[i]!;
      lines.push(`shotlog_http_request_duration_seconds_bucket{le="${bound / 1_000}"} ${total}`);
    });
    lines.push(`shotlog_http_request_duration_seconds_bucket{le="+Inf"} ${this.#count}`,
      `shotlog_http_request_duration_seconds_sum ${this.#sum_ms / 1_000}`, `shotlog_http_request_duration_seconds_count ${this.#count}`);
    lines.push('# HELP shotlog_projection_lag How far a service\'s read model is behind the end of the log, in log positions.', '# TYPE shotlog_projection_lag gauge');
    for (const s of services) lines.push(`shotlog_projection_lag{service="${s.name}"} ${s.lag}`);
    lines.push('# HELP shotlog_projection_failed_events_total Events that could not be projected.', '# TYPE shotlog_projection_failed_events_total counter');
    for (const s of services) lines.push(`shotlog_projection_failed_events_total{service="${s.name}"} ${s.failed_events}`);
    lines.push('# HELP shotlog_outbox_messages Messages that wait to be published.', '# TYPE shotlog_outbox_messages gauge');
    for (const s of services) lines.push(`shotlog_outbox_messages{service="${s.name}"} ${s.outbox}`);
    lines.push('# HELP process_resident_memory_bytes Resident memory.', '# TYPE process_resident_memory_bytes gauge', `process_resident_memory_bytes ${process.memoryUsage().rss}`);
    return `${lines.join('\n')}\n`;
  }
}
