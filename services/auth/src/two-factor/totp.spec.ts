import { describe, expect, it } from 'vitest';
import { codeAt, newSeed, stepOf, stepOfCode } from './totp.ts';

describe('codes of an authenticator', () => {
  const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

  it('are those of RFC 6238, appendix B', () => {
    const at = (seconds: number) => codeAt(seed, stepOf(seconds * 1000));
    expect([59, 1_111_111_109, 1_234_567_890, 2_000_000_000].map(at)).toEqual(['287082', '081804', '005924', '279037']);
  });

  it('count one step early and late, and no further', () => {
    const now = 1_234_567_890_000;
    const step = stepOf(now);
    expect(stepOfCode(seed, codeAt(seed, step - 1), now)).toBe(step - 1);
    expect(stepOfCode(seed, codeAt(seed, step + 1), now)).toBe(step + 1);
    expect(stepOfCode(seed, codeAt(seed, step + 2), now)).toBeNull();
    expect(stepOfCode(seed, '', now)).toBeNull();
  });

  it('come from seeds of 160 bits', () => {
    expect(newSeed()).toMatch(/^[A-Z2-7]{32}$/);
    expect(newSeed()).not.toBe(newSeed());
  });
});
