import { randomBytes } from 'node:crypto';
import { json, sql, type Context } from '@shotlog/kernel';
import { keep, secretRow, tokenHash } from '../person/private.ts';

const COUNT = 16;

/** Makes the codes that stand in for a lost second factor, each once; those before count no more. Only their hashes are kept. */
export const makeRecoveryCodes = async (context: Context, person_id: string): Promise<string[]> => {
  const codes = Array.from({ length: COUNT }, () => randomBytes(5).toString('hex'));
  const hashes = codes.map((code) => tokenHash(context.resource('secret'), `${person_id} ${code}`));
  await keep(context.db, secretRow(person_id), sql`update person_secret set recovery_codes = ${json(hashes)} where person_id = ${person_id}`);
  return codes;
};

/** Whether this is a code of the person; it is used up then. */
export const useRecoveryCode = async (context: Context, person_id: string, code: string): Promise<boolean> => {
  const hashed = tokenHash(context.resource('secret'), `${person_id} ${code.trim().toLowerCase()}`);
  const row = await context.db.one(sql`update person_secret set recovery_codes = recovery_codes - ${hashed}::text
    where person_id = ${person_id} and recovery_codes @> jsonb_build_array(${hashed}::text) returning person_id`);
  return row !== null;
};
