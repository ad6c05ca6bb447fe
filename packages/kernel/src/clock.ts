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
