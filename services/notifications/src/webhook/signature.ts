import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const PREFIX = 'whsec_';

/** A secret as the Standard Webhooks specification writes it: `whsec_` and 24 random bytes in base64. */
export const newSecret = (): string => PREFIX + randomBytes(24).toString('base64');

/**
 * The value of the `webhook-signature` header: HMAC-SHA256 over `id.timestamp.body` with the decoded secret. `timestamp` is seconds since 1970.
 * Source: Standard Webhooks specification, "Signature scheme".
 */
export const sign = (secret: string, id: string, timestamp: number, body: string): string =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64')).update(`${id}.${timestamp}.${body}`).digest('base64')}`;

/** Whether one of the signatures of a `webhook-signature` header (separated by spaces) is right. */
export const verify = (secret: string, header: string, id: string, timestamp: number, body: string): boolean => {
  const wanted = Buffer.from(sign(secret, id, timestamp, body));
  return header.split(' ').some((given) => given.length === wanted.length && timingSafeEqual(Buffer.from(given), wanted));
};
