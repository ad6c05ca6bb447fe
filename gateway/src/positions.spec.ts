import { describe, expect, it } from 'vitest';
import { Positions } from './positions.ts';

describe('positions that reads wait for', () => {
  it('starts with none', () => expect(new Positions().wanted(new Headers())).toBeNull());
  it('keeps the highest that was acknowledged', () => {
    const positions = new Positions();
    positions.note('7');
    positions.note('5');
    expect(positions.wanted(new Headers())).toBe(7n);
  });
  it('takes a later one that the request carries, by header or cookie', () => {
    const positions = new Positions();
    positions.note('7');
    expect(positions.wanted(new Headers({ 'x-log-position': '9' }))).toBe(9n);
    expect(positions.wanted(new Headers({ cookie: 'a=b; log_position=12' }))).toBe(12n);
  });
  it('ignores what is no position', () => expect(new Positions().wanted(new Headers({ 'x-log-position': '12; drop' }))).toBeNull());
});
