import { describe, expect, it } from 'vitest';
import { derivedId, isId, newId, newToken } from './ids.ts';

describe('an id', () => {
  it.each([['5E2C9D0A-7f1b-5c3e-9a44-d1b6f0c8e713', true], ['00000000-0000-0000-0000-000000000000', true], ['5e2c9d0a7f1b5c3e9a44d1b6f0c8e713', false],
    ['5e2c9d0a-7f1b-5c3e-9a44-d1b6f0c8e713\n', false], ['{5e2c9d0a-7f1b-5c3e-9a44-d1b6f0c8e713}', false], ['', false], [null, false], [7, false]])('%j is one: %s', (value, is) => {
    expect(isId(value)).toBe(is);
  });
  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 100 }, newId)).size).toBe(100);
  });
});

describe('a derived id', () => {
  it('is the same for the same names, in any process', () => {
    expect(derivedId('shot', 'a')).toBe('f6dfa454-51fa-5df3-b997-e1d7504bfa64');
  });
  it('is a UUID of version 5', () => {
    expect(derivedId('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
  it('is another one where the names are split elsewhere', () => {
    expect(derivedId('ab', 'c')).not.toBe(derivedId('a', 'bc'));
  });
});

it('a token is long enough not to be guessed', () => {
  expect(Buffer.from(newToken(), 'base64url')).toHaveLength(32);
  expect(newToken()).not.toBe(newToken());
});
