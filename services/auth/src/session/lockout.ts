import { sql, type Context } from '@shotlog/kernel';
import { secretRow } from '../person/private.ts';

/** So many failures in a row, and the account takes no password and no code for a minute: as clients of the API know it. */
const MAX_FAILURES = 5;
const LOCKED_MS = 60_000;

/** Whether a row of `person_secret` says that its account is locked. */
export const isLocked = (secrets: Record<string, any>): boolean =>
  (secrets.failed_attempts ?? 0) >= MAX_FAILURES && secrets.last_failed !== null && Date.parse(`${secrets.last_failed}Z`) + LOCKED_MS > Date.now();

export const countFailure = (context: Context, person_id: string): Promise<void> => context.db.batch([secretRow(person_id),
  sql`update person_secret set failed_attempts = failed_attempts + 1, last_failed = (now() at time zone 'utc') where person_id = ${person_id}`]);

export const forgetFailures = (context: Context, person_id: string): Promise<void> =>
  context.db.batch([sql`update person_secret set failed_attempts = 0, last_failed = null where person_id = ${person_id} and failed_attempts > 0`]);
