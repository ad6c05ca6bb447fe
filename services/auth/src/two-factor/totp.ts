import { createHmac, randomBytes } from 'node:crypto';
import { sameText } from '../person/private.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_SECONDS = 30;
/** Clocks may differ by one step (RFC 6238, section 5.2). */
const DRIFT = 1;

/** A new seed: 160 bits, base32 (RFC 4226, section 4). */
export const newSeed = (): string => {
  const bits = [...randomBytes(20)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join('');
};

const bytesOf = (seed: string): Buffer => {
  const bits = [...seed.replace(/=+$/, '').toUpperCase()].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
};

/** The code of a step: the time in seconds divided by 30 (RFC 6238). */
export const codeAt = (seed: string, step: number): string => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', bytesOf(seed)).update(counter).digest();
  const start = digest[19]! & 15;
  return String((digest.readUInt32BE(start) & 0x7fffffff) % 1_000_000).padStart(6, '0');
};

export const stepOf = (time_ms: number): number => Math.floor(time_ms / 1000 / STEP_SECONDS);

/** The step whose code this is, now or one step off; null for a wrong code. */
export const stepOfCode = (seed: string, code: string, time_ms: number): number | null => {
  const now = stepOf(time_ms);
  for (let step = now - DRIFT; step <= now + DRIFT; step++) if (sameText(codeAt(seed, step), code)) return step;
  return null;
};

/** What an authenticator reads from a QR code. */
export const provisioningUri = (issuer: string, account: string, seed: string): string =>
  `otpauth://totp/${encodeURIComponent(`${issuer}:${account}`)}?${new URLSearchParams({ secret: seed, issuer })}`;
