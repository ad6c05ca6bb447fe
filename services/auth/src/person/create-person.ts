import { command, f, fieldSchema, Invalid, only, ROLES, PersonCreated, type PersonEvent, bodySchema, defineState, type Context, sql } from '@shotlog/kernel';
import { hash } from '@node-rs/argon2';
import { z } from 'zod';
import { PERSONAL, seal, type Personal } from './private.ts';
import { personShape } from './person.queries.ts';
import { oneText } from '@shotlog/kernel';
import { personTable } from './person.projection.ts';

export type PersonState = { exists: boolean; email_key: string | null };
/** What decisions about persons need; the e-mail stands there only as its claim's key. */
export const personState = defineState<PersonState, PersonEvent>({
  initial: { exists: false, email_key: null },
  evolve: (state, { type }) => (type === 'PersonCreated' ? { exists: true, email_key: null } : type === 'PersonDeleted' ? { exists: false, email_key: null } : state),
});

const { id: _i, created_at: _c, updated_at: _u, log_position: _l, ...fields } = personTable.fields;
const Body = bodySchema({ ...fields, role: f.string(20, { choices: ROLES }) }).extend({ password: fieldSchema('password', f.text()) as z.ZodType<string | null | undefined> });

export const splitPersonal = (values: Record<string, any>): { facts: Record<string, any>; personal: Personal } => {
  const personal: Record<string, unknown> = {};
  const facts: Record<string, any> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) ((PERSONAL as readonly string[]).includes(name) ? personal : facts)[name] = value;
  return { facts, personal };
};

/** Creates a person. Passwords shorter than 8 characters are as none. @throws Invalid for a taken or malformed e-mail. */
export const createPerson = command({
  subject: 'cmd.auth.create-person', schema: Body, state: personState, creates: true, policy: (caller) => only.admin(caller),
  prepare: async (values: any, context: Context) => {
    only.admin(context.caller);
    const { password, ...rest } = values;
    if (rest.email && !/^[^@\s]+@[^@\s]+$/.test(rest.email)) throw new Invalid('An e-mail address holds one @.');
    if (rest.email && (await context.db.one(sql`select 1 from person where lower(email) = lower(${rest.email})`))) throw new Invalid('This e-mail address is in use.');
    const id = context.moment.id();
    const { facts, personal } = splitPersonal(rest);
    if (password) {
      const hashed = await hash(password);
      await context.db.batch([sql`insert into person_secret (person_id, password_hash) values (${id}, ${hashed}) on conflict (person_id) do update set password_hash = excluded.password_hash`]);
    }
    return { id, facts, sealed: await seal(context, id, personal) };
  },
  stream: (c: any) => `person-${c.id}`,
  decide: (c: any, state) => (state.exists ? [] : [PersonCreated({ person_id: c.id, sealed: c.sealed, facts: {
    role: c.facts.role ?? 'user', active: c.facts.active ?? true, archived: false, departments: c.facts.departments ?? [], is_bot: c.facts.is_bot ?? false, is_guest: false,
    studio_id: c.facts.studio_id ?? null, has_avatar: false, contract_type: c.facts.contract_type ?? 'open-ended', position: c.facts.position ?? 'artist', seniority: c.facts.seniority ?? 'mid',
    daily_salary: c.facts.daily_salary ?? 0, timezone: c.facts.timezone ?? 'Europe/Paris', locale: c.facts.locale ?? 'en_US' } })]),
  answer: async (c: any, context) => JSON.parse((await oneText(context.db, personShape, context.caller, sql`t.id = ${c.id}`, true))!),
});
