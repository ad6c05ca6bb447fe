import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { raw, sql, type Context, type Db, type Statement } from '@shotlog/kernel';

/** What never enters the log: keys of personal data, password hashes, second factors, tokens. */
export const PRIVATE_TABLES = `
  create table if not exists person_key (person_id uuid primary key, key bytea not null);
  create table if not exists person_secret (person_id uuid primary key, password_hash text, totp_secret text, totp_pending text, totp_step bigint not null default 0,
    email_otp boolean not null default false, recovery_codes jsonb not null default '[]', fido jsonb not null default '[]', failed_attempts int not null default 0, last_failed timestamp, bot_session text);
  create table if not exists reset_token (token_hash text primary key, person_id uuid not null, until timestamp not null);
  create table if not exists email_code (person_id uuid primary key, code_hash text not null, until timestamp not null, attempts int not null default 0);
  create table if not exists fido_challenge (person_id uuid, purpose text, challenge text not null, until timestamp not null, primary key (person_id, purpose));
  create table if not exists outside_sign_in (state text primary key, data jsonb not null, until timestamp not null);
  create table if not exists organisation_secret (organisation_id uuid primary key, chat_token_slack text, chat_webhook_mattermost text, chat_token_discord text);`;

/** What tells who a person is: sealed in events, with a key that only auth holds. */
export const PERSONAL = ['first_name', 'last_name', 'email', 'phone', 'desktop_login', 'ldap_uid', 'country', 'notifications_slack_userid', 'notifications_mattermost_userid',
  'notifications_discord_userid', 'data', 'ip_address'] as const;
export type Personal = Partial<Record<(typeof PERSONAL)[number], unknown>>;

/** A key that wraps what the private tables hold, so that a copy of the database alone opens nothing. */
const wrapping = (secret: string): Buffer => Buffer.from(hkdfSync('sha256', secret, 'shotlog', 'person keys', 32));

const encrypt = (key: Buffer, plain: Buffer): Buffer => {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
};

const decrypt = (key: Buffer, sealed: Buffer): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
};

/** The key of a person, made when there is none. */
const personKey = async (db: Db, secret: string, person_id: string): Promise<Buffer> => {
  const made = encrypt(wrapping(secret), randomBytes(32)).toString('hex');
  const row = await db.one<{ key: string }>(sql`insert into person_key (person_id, key) values (${person_id}, decode(${made}, 'hex'))
    on conflict (person_id) do update set key = person_key.key returning encode(key, 'hex') as key`);
  return decrypt(wrapping(secret), Buffer.from(row!.key, 'hex'));
};

/** The key of a person; null when there is none (any more). */
export const knownKey = async (db: Db, secret: string, person_id: string): Promise<Buffer | null> => {
  const row = await db.one<{ key: string }>(sql`select encode(key, 'hex') as key from person_key where person_id = ${person_id}`);
  return row && decrypt(wrapping(secret), Buffer.from(row.key, 'hex'));
};

/** Personal data as it stands in an event: base64 of AES-256-GCM. */
export const seal = async (context: Context, person_id: string, personal: Personal): Promise<string> =>
  encrypt(await personKey(context.db, context.resource('secret'), person_id), Buffer.from(JSON.stringify(personal))).toString('base64');

/** The other side of `seal`. @throws Error for another key. */
export const openSealed = (key: Buffer, sealed: string): Personal => JSON.parse(decrypt(key, Buffer.from(sealed, 'base64')).toString());

/** A secret that must be read again (the seed of an authenticator), as it stands in a private table. */
export const wrapSecret = (secret: string, text: string): string => encrypt(wrapping(secret), Buffer.from(text)).toString('base64');
export const unwrapSecret = (secret: string, wrapped: string): string => decrypt(wrapping(secret), Buffer.from(wrapped, 'base64')).toString();

/** A token or code as it is kept: only its keyed hash, so that a copy of the table lets nobody in. */
export const tokenHash = (secret: string, token: string): string => createHmac('sha256', secret).update(token).digest('hex');

/** Whether two texts are the same, in a time that does not tell where they differ. */
export const sameText = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
};

/** Writes to private tables, which no log can bring back: the disk has it before this answers. */
export const keep = (db: Db, ...statements: Statement[]): Promise<void> => db.batch([raw('set local synchronous_commit = on'), ...statements]);

/** Makes sure that a person has a row of secrets, for updates of it. */
export const secretRow = (person_id: string): Statement => sql`insert into person_secret (person_id) values (${person_id}) on conflict do nothing`;
