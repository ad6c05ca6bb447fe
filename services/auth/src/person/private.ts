import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { sql, type Context, type Db } from '@shotlog/kernel';

/** What never enters the log: keys of personal data, password hashes, second factors, tokens. */
export const PRIVATE_TABLES = `
  create table if not exists person_key (person_id uuid primary key, key bytea not null);
  create table if not exists person_secret (person_id uuid primary key, password_hash text, totp_secret text, email_otp_secret text, recovery_codes jsonb, fido jsonb,
    failed_attempts int not null default 0, last_failed timestamp);
  create table if not exists reset_token (token_hash text primary key, person_id uuid not null, until timestamp not null);`;

/** What tells who a person is: sealed in events, with a key that only auth holds. */
export const PERSONAL = ['first_name', 'last_name', 'email', 'phone', 'desktop_login', 'ldap_uid', 'country', 'notifications_slack_userid', 'notifications_mattermost_userid',
  'notifications_discord_userid', 'data'] as const;
export type Personal = Partial<Record<(typeof PERSONAL)[number], unknown>>;

/** A key that wraps the persons' keys, so that a copy of the database alone opens nothing. */
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
export const personKey = async (db: Db, secret: string, person_id: string): Promise<Buffer> => {
  const made = encrypt(wrapping(secret), randomBytes(32)).toString('hex');
  const row = await db.one<{ key: string }>(sql`insert into person_key (person_id, key) values (${person_id}, decode(${made}, 'hex'))
    on conflict (person_id) do update set key = person_key.key returning encode(key, 'hex') as key`);
  return decrypt(wrapping(secret), Buffer.from(row!.key, 'hex'));
};

/** Personal data as it stands in an event: base64 of AES-256-GCM. */
export const seal = async (context: Context, person_id: string, personal: Personal): Promise<string> =>
  encrypt(await personKey(context.db, context.resource('secret'), person_id), Buffer.from(JSON.stringify(personal))).toString('base64');

/** A token as it is kept: only its keyed hash, so that a copy of the table lets nobody in. */
export const tokenHash = (secret: string, token: string): string => createHmac('sha256', secret).update(token).digest('hex');
export const openSealed = (key: Buffer, sealed: string): Personal => JSON.parse(decrypt(key, Buffer.from(sealed, 'base64')).toString());
