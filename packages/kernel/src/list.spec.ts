import { describe, expect, it } from 'vitest';
import { flag } from './list.ts';

describe('a question of yes or no in a query string', () => {
  it.each([
    ['force=true', true], ['force=True', true], ['force=TRUE', true], ['force=false', false], ['force=False', false], ['force=1', false], ['force=', false], ['', false],
  ])('takes "%s" for %s', (text, answer) => expect(flag(new URLSearchParams(text), 'force')).toBe(answer));

  it.each([['', true], ['relations=true', true], ['relations=False', false], ['relations=0', false]])('takes "%s" for %s where silence is yes', (text, answer) =>
    expect(flag(new URLSearchParams(text), 'relations', true)).toBe(answer));
});
