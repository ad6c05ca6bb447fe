import { describe, expect, it } from 'vitest';
import { RETRIES_S, retryAfter } from './delivery.ts';

describe('retries of deliveries', () => {
  it('come ever later, for about a day', () => {
    const waits = RETRIES_S.map((_, n) => retryAfter(n + 1)!);
    expect(waits[0]).toBe(5);
    expect(waits.reduce((sum, s) => sum + s, 0) / 3600).toBeGreaterThan(23);
    expect(waits.reduce((sum, s) => sum + s, 0) / 3600).toBeLessThan(25);
  });
  it('end', () => expect(retryAfter(RETRIES_S.length + 1)).toBeNull());
});
