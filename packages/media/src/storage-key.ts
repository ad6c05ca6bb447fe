import { InvalidKey } from './errors.ts';

const KEY = /^[a-z0-9][a-z0-9_-]*(?:\/[a-z0-9][a-z0-9._-]*){1,5}$/;
/** File names may have 255 bytes; the folder storage makes one of a whole key and adds a suffix. */
const LONGEST = 200;

/**
 * Gives the key back when it is `<bucket>/<name>…`: two to six parts of lower-case letters, digits, `-`, `_` and (not in
 * the bucket) `.`, none starting with a dot, never `..`, at most 200 characters. Lower case alone, because a folder may
 * lie on a file system that does not tell cases apart.
 * @throws InvalidKey (400).
 */
export const checkKey = (key: string): string => {
  if (typeof key !== 'string') throw new InvalidKey(String(key));
  if (key.length > LONGEST || key.includes('..') || !KEY.test(key)) throw new InvalidKey(key);
  return key;
};
