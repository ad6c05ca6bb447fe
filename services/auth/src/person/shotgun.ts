import { Invalid, only, Removed, route, spanning, sql, to, type Context, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { createPerson } from './create-person.ts';
import { deletePerson } from './delete-person.ts';
import { personCard } from './person.queries.ts';
import { changePerson } from './update-person.ts';
import { Person } from './person.answers.ts';

const ROLES: Record<string, string> = { Admin: 'admin', Manager: 'manager', Supervisor: 'supervisor', Artist: 'user', Client: 'client', Vendor: 'vendor' };
/** What clients of the import find in each answer, though it is told to nobody. */
const UNTOLD = { password: null, totp_secret: null, email_otp_secret: null, otp_recovery_codes: null, fido_credentials: null, jti: null, login_failed_attemps: 0, last_login_failed: null };

const Entry = z.object({
  id: z.number().int(), firstname: z.string().max(80).nullish(), lastname: z.string().max(80).nullish(), email: z.string().max(255).nullish(), login: z.string().max(80).nullish(),
  sg_status_list: z.string().nullish(), permission_rule_set: z.object({ name: z.string() }).loose().nullish(),
}).loose();

const importOne = async (context: Context, entry: z.output<typeof Entry>, key: string): Promise<string | null> => {
  if (!entry.email) return null;
  const values = { first_name: entry.firstname ?? '', last_name: entry.lastname ?? '', email: entry.email, desktop_login: entry.login ?? null, shotgun_id: entry.id,
    active: entry.sg_status_list === 'act', role: ROLES[entry.permission_rule_set?.name ?? ''] ?? 'user' };
  const there = await context.db.one<{ id: string }>(sql`select id from person where shotgun_id = ${entry.id} or lower(email) = lower(${entry.email}) order by (shotgun_id = ${entry.id}) desc nulls last limit 1`);
  if (!there) return ((await context.run(createPerson, values, key)) as { id: string }).id;
  await changePerson(context, there.id, values, key);
  return there.id;
};

/** Persons of ShotGrid, told by their id there or by e-mail; those without an e-mail are passed over. */
const importPersons = spanning({
  subject: 'cmd.auth.import-shotgun-persons', schema: z.object({ entries: z.array(Entry) }), access: to.admins,
  handle: async ({ entries }, context) => {
    only.admin(context.caller);
    const ids: string[] = [];
    for (const [i, entry] of entries.entries()) {
      const id = await importOne(context, entry, `entry ${i}`);
      if (id) ids.push(id);
      await context.settled();
    }
    return Promise.all([...new Set(ids)].map(async (id) => ({ ...(await personCard(context.db, id, false)), ...UNTOLD })));
  },
});

const removeOne = spanning({
  subject: 'cmd.auth.remove-shotgun-person', schema: z.object({ id: z.number({ error: 'id is needed.' }).int() }), access: to.admins,
  handle: async ({ id }, context) => {
    only.admin(context.caller);
    if (Math.abs(id) > 2_147_483_647) throw new Invalid('id is too large.');
    const there = await context.db.one<{ id: string }>(sql`select id from person where shotgun_id = ${id}`);
    if (!there) return { success: true };
    const success = await context.run(deletePerson, { id: there.id }, 'remove').then(() => true, (error) => {
      if (error instanceof Invalid) return false;
      throw error;
    });
    return { success, removed_instance_id: there.id };
  },
});

export const shotgunPersonRoutes: Route[] = [
  route({ method: 'post', path: '/import/shotgun/persons', summary: 'Import persons of ShotGrid', body: z.array(Entry), answers: { 200: z.array(Person) }, command: importPersons, status: 200, input: (r) => ({ entries: r.body }) }),
  route({ method: 'post', path: '/import/shotgun/remove/person', summary: 'Remove a person by the ShotGrid id', body: z.object({ id: z.int() }), answers: { 200: Removed }, command: removeOne, status: 200, input: (r) => r.body ?? {} }),
];
