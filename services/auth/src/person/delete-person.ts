import { command, Forbidden, Invalid, isId, NotFound, only, PersonDeleted, raw, reaction, sql, to, when, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { forgetKey } from './person.projection.ts';
import { personRow } from './person.queries.ts';
import { personState, personStream, type PersonState } from './person.state.ts';
import { keep } from './private.ts';

type Delete = { id: string; force: boolean };

/** What stands in the way, by what this service keeps of it. Hours stay in the books: nobody with hours is deleted, forced or not. */
const checkLinks = async (context: Context, id: string, force: boolean) => {
  const row = await context.db.one(sql`select exists (select 1 from time_spent where person_id = ${id}) as hours,
    exists (select 1 from login_log where person_id = ${id}) or exists (select 1 from directory_team where person_id = ${id}) or exists (select 1 from task_assignee where person_id = ${id})
    or exists (select 1 from desktop_login_log where person_id = ${id}) as linked`);
  if (row!.hours || (!force && row!.linked)) throw new Invalid('Other things still belong to this person.', { data: null });
};

const prepare = async ({ id, force }: { id: string; force?: boolean | undefined }, context: Context): Promise<Delete> => {
  if (!isId(id)) throw new Invalid(`"${id.slice(0, 60)}" is no id.`);
  const row = await personRow(context, id.toLowerCase());
  only.admin(context.caller);
  if (context.caller.id === row.id) throw new Forbidden('Nobody deletes themselves.');
  await checkLinks(context, row.id, force ?? false);
  return { id: row.id, force: force ?? false };
};

/** Deletes a person for good: what tells who it was cannot be read afterwards, in no copy of the log. */
export const deletePerson = command({
  subject: 'cmd.auth.delete-person', schema: z.object({ id: z.string(), force: z.boolean().optional() }), state: personState, stream: personStream, prepare,
  access: to.admins,
  decide: ({ id }: Delete, state: PersonState) => {
    if (!state) throw new NotFound('person', id);
    return [PersonDeleted({ person_id: id })];
  },
});

/** Destroys what private tables hold of a deleted person, the key of the sealed data first of all. */
export const forgetting = reaction('forget-person', [
  when(PersonDeleted, async ({ data: { person_id } }, context) => {
    forgetKey(context.resource('secret'), person_id);
    await keep(context.db, ...['person_key', 'person_secret', 'reset_token', 'email_code', 'fido_challenge'].map((table) => sql`delete from ${raw(table)} where person_id = ${person_id}`),
      sql`delete from claim where kind = 'person.email' and stream = ${`person-${person_id}`}`);
  }),
]);
