import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

describe('turns', () => {
  it('are taken one after another for one thing, a failure among them, and at once for others', async () => {
    const turns = new Turns();
    const steps: string[] = [];
    const step = (name: string, fails = false) => async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
    const [a, b, c, d] = await Promise.allSettled([turns.take('x', step('a')), turns.take('x', step('b', true)), turns.take('x', step('c')), turns.take('y', step('d'))]);
    expect([a, b, c, d].map((r) => r!.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(steps.filter((s) => !s.startsWith('d'))).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(steps.indexOf('d begins')).toBeLessThan(steps.indexOf('a ends'));
  });
});
