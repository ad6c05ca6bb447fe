import { command, Forbidden, Invalid, NotFound, pathId, PersonUpdated, spanning, sql, to, type Context, type PersonFacts } from '@shotlog/kernel';
import { z } from 'zod';
import { issueBotToken } from './bot-token.ts';
import { checkedPerson, checkReferences } from './checks.ts';
import { claimEmail, releaseEmails } from './email-claim.ts';
import { OWN_FIELDS, PersonBody, splitPersonal } from './fields.ts';
import { personCard, personRow } from './person.queries.ts';
import { personState, personStream, type PersonState } from './person.state.ts';
import { seal, type Personal } from './private.ts';

type Revise = { id: string; facts: Partial<PersonFacts>; sealed: string | null };
const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Writes what changed of a person. Only Shotlog itself runs it, behind what was allowed by another command. */
export const revisePerson = command({
  subject: 'cmd.auth.revise-person', state: personState, stream: personStream,
  schema: z.object({ id: z.guid(), facts: z.record(z.string(), z.any()), sealed: z.string().nullable() }) as unknown as z.ZodType<Revise>,
  access: to.system,
  decide: ({ id, facts, sealed }: Revise, state: PersonState) => {
    if (!state) throw new NotFound('person', id);
    const changed = Object.fromEntries(Object.entries(facts).filter(([name, v]) => !same((state as any)[name], v)));
    return Object.keys(changed).length === 0 && sealed === null ? [] : [PersonUpdated({ person_id: id, facts: changed, sealed })];
  },
});

/** Changes a person in the system's name: facts as they are, personal data sealed where it differs from what is there. */
export const revise = async (context: Context, row: Record<string, any>, values: Record<string, any>, key: string): Promise<void> => {
  const { facts, personal } = splitPersonal(values);
  const changed = Object.fromEntries(Object.entries(personal).filter(([name, v]) => !same(row[name], v))) as Personal;
  const sealed = Object.keys(changed).length === 0 ? null : await seal(context, row.id, changed);
  await context.runAsSystem(revisePerson, { id: row.id, facts, sealed }, key);
};

/** Who is left to govern: the last active admin stays one. */
const checkLastAdmin = async (context: Context, row: Record<string, any>, values: Record<string, any>) => {
  if (row.role !== 'admin' || !row.active) return;
  const stays = (values.role ?? 'admin') === 'admin' && values.active !== false;
  if (!stays && !(await context.db.one(sql`select 1 from person where role = 'admin' and active and not coalesce(is_bot, false) and id <> ${row.id}`))) {
    throw new Invalid('The last active admin stays an active admin.');
  }
};

/** Applies what an admin (or the person) wants changed. Fields that the caller may not change are left out, as clients that send whole persons expect. */
export const changePerson = async (context: Context, id: string, given: Record<string, any>, key = 'change'): Promise<void> => {
  const row = await personRow(context, id);
  const { caller } = context;
  const wanted = caller.isAdmin ? given : Object.fromEntries(Object.entries(given).filter(([name]) => OWN_FIELDS.has(name)));
  const { is_bot: _, ...values } = checkedPerson(wanted, context.moment.at.slice(0, 10), row.expiration_date);
  await checkReferences(context, values);
  await checkLastAdmin(context, row, values);
  const mail = values.email !== undefined && !same(values.email?.toLowerCase(), row.email?.toLowerCase());
  if (mail && values.email) await claimEmail(context.db, id, values.email);
  await revise(context, row, values, key);
  if (mail) await releaseEmails(context.db, id, values.email);
};

/** `PUT /data/persons/{instance_id}`: admins change everything of everybody, others a part of themselves. */
export const updatePerson = spanning({
  subject: 'cmd.auth.update-person', secret: true, schema: z.object({ id: z.string(), changes: z.unknown() }), access: to.oneself,
  handle: async ({ id: text, changes }, context) => {
    const id = pathId({ params: { id: text } }, 'id', 400);
    const row = await personRow(context, id);
    if (!context.caller.isAdmin && context.caller.id !== id) throw new Forbidden();
    const parsed = PersonBody.safeParse(changes ?? {});
    if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
    await changePerson(context, id, parsed.data);
    await context.settled();
    const card = await personCard(context.db, id);
    const renewed = row.is_bot && context.caller.isAdmin && parsed.data.expiration_date !== undefined && parsed.data.expiration_date !== row.expiration_date;
    return renewed ? { ...card, access_token: await issueBotToken(context, id, card.expiration_date) } : card;
  },
});
