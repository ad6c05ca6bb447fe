let last = 0n;

/**
 * Now, as ISO 8601 in UTC with microseconds, strictly later than every answer before it in this process: what one service
 * did in one millisecond keeps its order.
 */
export const now = (): string => {
  const micros = BigInt(Date.now()) * 1000n;
  last = micros > last ? micros : last + 1n;
  const date = new Date(Number(last / 1000n)).toISOString();
  return `${date.slice(0, 23)}${String(last % 1000n).padStart(3, '0')}Z`;
};

/** A time of the log (`now()`) as the API writes it: seconds, no zone, always UTC. */
export const apiTime = (at: string): string => at.slice(0, 19);

/** When a thing was made: what was brought over from elsewhere says so in its fact (`created_at`); all else was made when the fact was written. */
export const madeAt = (e: { data: any; metadata: { at: string } }): string => e.data.created_at ?? apiTime(e.metadata.at);

/** A time as another Kitsu gives it, as the API writes it; null for what is none. */
export const givenTime = (value: unknown): string | null =>
  (typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(value) && !Number.isNaN(Date.parse(value)) ? apiTime(value.replace(' ', 'T')) : null);
