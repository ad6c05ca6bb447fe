import type { Context } from '@shotlog/kernel';
import { Client } from 'ldapts';
import type { Logger } from 'pino';

/** The studio's directory. `userDn` is a template: `uid={uid},ou=people,dc=studio`. */
export type Directory = { url: string; userDn: string };

const TIMEOUT_MS = 5_000;
/** A value inside a distinguished name (RFC 4514, section 2.4). */
const escapeDn = (text: string): string => text.replace(/[\\,+"<>;=#\0]/g, (c) => `\\${c.charCodeAt(0).toString(16).padStart(2, '0')}`).replace(/^ | $/g, '\\20');

/** What the environment says about the directory; null without `LDAP_URL`. */
export const directoryOf = (config: Record<string, unknown>): Directory | null =>
  config.LDAP_URL ? { url: String(config.LDAP_URL), userDn: String(config.LDAP_USER_DN ?? 'uid={uid},ou=people') } : null;

/** Whether the password of this account is kept in the directory: there is one, and the account has a name in it (`ldap_uid`). */
export const inDirectory = (context: Context, person: Record<string, any>): boolean => context.resource<Directory | null>('directory') !== null && Boolean(person.ldap_uid);

/** Whether the directory takes the password. One that does not answer takes none: local accounts go on working. */
export const directoryAccepts = async (context: Context, person: Record<string, any>, password: string): Promise<boolean> => {
  // A bind with a name and no password succeeds as nobody (RFC 4513, section 5.1.2).
  if (password === '') return false;
  const { url, userDn } = context.resource<Directory>('directory');
  const client = new Client({ url, timeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS });
  try {
    await client.bind(userDn.replaceAll('{uid}', escapeDn(person.ldap_uid)), password);
    return true;
  } catch (error: any) {
    if (error?.code !== 49) context.resource<Logger>('logger').error({ code: error?.code ?? error?.name }, 'the directory does not answer');
    return false;
  } finally {
    await client.unbind().catch(() => {});
  }
};
