import { hash, verify } from '@node-rs/argon2';
import { Forbidden, Invalid, only, pathId, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { inDirectory } from '../outside/ldap.ts';
import { checkPassword } from '../person/checks.ts';
import { personRow } from '../person/person.queries.ts';
import { keep } from '../person/private.ts';

/** Argon2id with the parameters of the OWASP password storage cheat sheet (19 MiB, two passes, one lane). */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A password as it is kept. */
export const hashPassword = (password: string): Promise<string> => hash(password, PARAMETERS);

let nobody: Promise<string> | null = null;
/** Whether the password is the one behind the hash; without a hash it takes the same time to say no. */
export const passwordFits = async (hashed: string | null | undefined, password: string): Promise<boolean> => {
  nobody ??= hashPassword('nobody has this password');
  const fits = await verify(hashed ?? (await nobody), password).catch(() => false);
  return fits && Boolean(hashed);
};

/** Sets a password; failed attempts and open reset links count no more. */
export const setPassword = async (context: Context, person_id: string, password: string): Promise<void> => {
  const hashed = await hashPassword(password);
  await keep(context.db, sql`insert into person_secret (person_id, password_hash) values (${person_id}, ${hashed})
    on conflict (person_id) do update set password_hash = excluded.password_hash, failed_attempts = 0, last_failed = null`,
    sql`delete from reset_token where person_id = ${person_id}`);
};

const text = (name: string) => z.string({ error: `${name} is needed.` }).min(1, `${name} is needed.`).max(1_000, `${name} is too long.`);

/** Changes one's own password. @throws Invalid when the old one is wrong, the new ones differ or are too short. */
export const changeOwnPassword = spanning({
  subject: 'cmd.auth.change-password', secret: true, access: to.signedIn,
  schema: z.object({ old_password: text('old_password'), password: text('password'), password_2: text('password_2') }),
  handle: async ({ old_password, password, password_2 }, context) => {
    const id = context.caller.personId;
    const row = await context.db.one(sql`select s.password_hash, p.ldap_uid from person p left join person_secret s on s.person_id = p.id where p.id = ${id}`);
    if (row && inDirectory(context, row)) throw new Invalid('The password of this account is kept in the studio\'s directory (LDAP).');
    if (!(await passwordFits(row?.password_hash, old_password))) throw new Invalid('The old password is wrong.');
    checkPassword(password, password_2);
    await setPassword(context, id, password);
    return { success: true };
  },
});

/** An admin sets the password of a person; bots and persons of the directory (LDAP) have none. */
export const setPasswordOf = spanning({
  subject: 'cmd.auth.set-password', secret: true, access: to.admins, schema: z.object({ person_id: z.string(), password: text('password'), password_2: text('password_2') }),
  handle: async ({ person_id, password, password_2 }, context) => {
    only.admin(context.caller);
    const row = await personRow(context, pathId({ params: { person_id } }, 'person_id'));
    if (row.is_bot || inDirectory(context, row)) throw new Forbidden('This account has no password here.');
    checkPassword(password, password_2);
    await setPassword(context, row.id, password);
    return { success: true };
  },
});
