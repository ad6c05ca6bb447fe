import { createHash, randomBytes, randomUUID } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID in its usual form, of any version. */
export const isId: { (value: string): boolean; (value: unknown): value is string } = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** A new random id (UUIDv4). */
export const newId = (): string => randomUUID();

/** A token that cannot be guessed: `bytes` random bytes, base64url. */
export const newToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/**
 * The same id for the same name, always (UUIDv5, RFC 9562 section 5.5). The names are joined by a line feed, which no part holds.
 * Natural keys and the ids that a repeated command must meet again are made by it.
 */
export const derivedId = (...names: string[]): string => {
  const hash = createHash('sha1').update('5e2c9d0a-7f1b-5c3e-9a44-d1b6f0c8e713').update(names.join('\n')).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
