import { createHash, createHmac, hkdfSync, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { isId, sql, type Db } from '@shotlog/kernel';

/**
 * Tokens of share links: 64 hexadecimal digits, half of them the link's id, half a proof that only the studio's secret makes. So a token
 * is nowhere kept: not in the log, not in a table.
 */
export type ShareTokens = {
  of(share_link_id: string): string;
  /** The id of the link that a token is for; null for what is no token of this studio. */
  idIn(token: string): string | null;
};
const HALF = 32;

export const openShareTokens = (secret: string): ShareTokens => {
  const key = Buffer.from(hkdfSync('sha256', secret, 'shotlog', 'share links', 32));
  const proof = (id: string) => createHmac('sha256', key).update(id).digest('hex').slice(0, HALF);
  return {
    of: (id) => id.replaceAll('-', '') + proof(id),
    idIn(token) {
      if (!/^[0-9a-f]{64}$/.test(token)) return null;
      const hex = token.slice(0, HALF);
      const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
      return isId(id) && timingSafeEqual(Buffer.from(proof(id)), Buffer.from(token.slice(HALF))) ? id : null;
    },
  };
};

/** Hashes of the passwords of links. */
export const PASSWORD_TABLE = 'create table if not exists share_link_password (share_link_id uuid primary key, hash text not null);';
const stretch = promisify(scrypt) as (password: string, salt: Buffer, length: number) => Promise<Buffer>;
const BYTES = 32;

export const keepPassword = async (db: Db, share_link_id: string, password: string): Promise<void> => {
  const salt = randomBytes(16);
  const hash = `${salt.toString('hex')}.${(await stretch(password, salt, BYTES)).toString('hex')}`;
  await db.batch([sql`insert into share_link_password (share_link_id, hash) values (${share_link_id}, ${hash}) on conflict (share_link_id) do update set hash = excluded.hash`]);
};

/** Passwords that were right a while ago: a page asks for dozens of pictures, and each check is slow on purpose. */
const right = new Set<string>();
const REMEMBERED = 1_000;
/** Whether a password opens a link. One whose hash was lost with its database stays shut. */
export const opens = async (db: Db, share_link_id: string, password: string): Promise<boolean> => {
  const row = await db.one<{ hash: string }>(sql`select hash from share_link_password where share_link_id = ${share_link_id}`);
  if (!row || password.length > 1_000) return false;
  const mark = createHash('sha256').update(`${row.hash}\n${password}`).digest('base64');
  if (right.has(mark)) return true;
  const [salt, hash] = row.hash.split('.').map((part) => Buffer.from(part, 'hex'));
  if (!timingSafeEqual(await stretch(password, salt!, BYTES), hash!)) return false;
  if (right.size >= REMEMBERED) right.clear();
  right.add(mark);
  return true;
};
