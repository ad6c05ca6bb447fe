import { createHash, createHmac, hkdfSync, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { DomainError, isId, sql, type Db } from '@shotlog/kernel';

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

/** Hashes of the passwords of links, and how often in a row they were guessed wrong. */
export const PASSWORD_TABLE = `create table if not exists share_link_password (share_link_id uuid primary key, hash text not null);
  alter table share_link_password add column if not exists failed_attempts int not null default 0;
  alter table share_link_password add column if not exists last_failed timestamptz;`;
const stretch = promisify(scrypt) as (password: string, salt: Buffer, length: number) => Promise<Buffer>;
const BYTES = 32;

export const keepPassword = async (db: Db, share_link_id: string, password: string): Promise<void> => {
  const salt = randomBytes(16);
  const hash = `${salt.toString('hex')}.${(await stretch(password, salt, BYTES)).toString('hex')}`;
  await db.batch([sql`insert into share_link_password (share_link_id, hash) values (${share_link_id}, ${hash}) on conflict (share_link_id) do update set hash = excluded.hash`]);
};

/** So many wrong passwords in a row, and a link takes none for a minute, then one a minute until one is right: as accounts do at sign-in. */
const MAX_FAILURES = 5;
/** Counts an attempt before it is judged, so that guesses at the same moment count too. @throws DomainError 429 while the link takes none. */
const countAttempt = async (db: Db, share_link_id: string): Promise<void> => {
  const counted = await db.one(sql`update share_link_password set failed_attempts = failed_attempts + 1, last_failed = now()
    where share_link_id = ${share_link_id} and (failed_attempts < ${MAX_FAILURES} or last_failed < now() - interval '1 minute') returning 1`);
  if (!counted) throw new DomainError('Invalid', 'Too many wrong passwords. Wait a minute and try again.', { status: 429 });
};
const forgetFailures = (db: Db, share_link_id: string): Promise<void> => db.batch([sql`update share_link_password set failed_attempts = 0, last_failed = null where share_link_id = ${share_link_id}`]);

const check = async (db: Db, share_link_id: string, password: string, kept: string): Promise<boolean> => {
  await countAttempt(db, share_link_id);
  const [salt, hash] = kept.split('.').map((part) => Buffer.from(part, 'hex'));
  if (!timingSafeEqual(await stretch(password, salt!, BYTES), hash!)) return false;
  await forgetFailures(db, share_link_id);
  return true;
};

/** Passwords that were right a while ago: a page asks for dozens of pictures, and each check is slow on purpose. Whoever knew it is not locked out by others' guesses. */
const right = new Set<string>();
const REMEMBERED = 1_000;
/** The same password asked for many times at once is one attempt. */
const checking = new Map<string, Promise<boolean>>();

/** Whether a password opens a link. One whose hash was lost with its database stays shut. @throws DomainError 429 after too many wrong ones. */
export const opens = async (db: Db, share_link_id: string, password: string): Promise<boolean> => {
  const row = await db.one<{ hash: string }>(sql`select hash from share_link_password where share_link_id = ${share_link_id}`);
  if (!row || password === '' || password.length > 1_000) return false;
  const mark = createHash('sha256').update(`${row.hash}\n${password}`).digest('base64');
  if (right.has(mark)) return true;
  if (!checking.has(mark)) checking.set(mark, check(db, share_link_id, password, row.hash).finally(() => checking.delete(mark)));
  if (!(await checking.get(mark))) return false;
  if (right.size >= REMEMBERED) right.clear();
  right.add(mark);
  return true;
};
