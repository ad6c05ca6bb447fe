import { command, Invalid, only, PersonCreated, sql, to, type Context, type PersonFacts } from '@shotlog/kernel';
import { z } from 'zod';
import { hashPassword } from '../session/password.ts';
import { issueBotToken } from './bot-token.ts';
import { checkedPerson, checkReferences, MIN_PASSWORD } from './checks.ts';
import { claimEmail } from './email-claim.ts';
import { NewPersonBody, splitPersonal } from './fields.ts';
import { keep, seal } from './private.ts';
import { personCard } from './person.queries.ts';
import { personState, personStream, type PersonState } from './person.state.ts';

type Create = { id: string; facts: Partial<PersonFacts>; sealed: string; is_bot: boolean };

const defaults = (facts: Partial<PersonFacts>, settings: Settings): PersonFacts => ({
  role: 'user', active: true, archived: false, departments: [], is_bot: false, is_guest: false, studio_id: null, contract_type: 'open-ended', position: 'artist', seniority: 'mid', daily_salary: 0,
  timezone: settings.timezone, locale: settings.locale, ...Object.fromEntries(Object.entries(facts).filter(([, v]) => v !== null)), has_avatar: false,
});

/** What a studio's environment says about its people. `userLimit` null: none. */
export type Settings = { timezone: string; locale: string; userLimit: number | null };

const checkLimit = async (context: Context, values: Record<string, any>) => {
  const { userLimit } = context.resource<Settings>('settings');
  if (userLimit === null || values.active === false || values.is_bot || values.is_guest) return;
  const row = await context.db.one<{ n: number }>(sql`select count(*)::int as n from person where active and not coalesce(is_bot, false) and not coalesce(is_guest, false)`);
  if (row!.n >= userLimit) throw new Invalid('The number of active persons that this studio may have is reached.', { data: { user_limit: userLimit } });
};

const prepare = async (values: any, context: Context): Promise<Create> => {
  only.admin(context.caller);
  const { password, person_id, is_guest, ...rest } = values;
  for (const name of ['first_name', 'last_name']) if (rest[name] === undefined || rest[name] === null) throw new Invalid(`${name} is needed.`);
  const checked = checkedPerson(rest, context.moment.at.slice(0, 10));
  await checkReferences(context, checked);
  // Guests come by share links: only the system lets them in.
  const guest = is_guest === true && context.caller.isSystem;
  await checkLimit(context, { ...checked, is_guest: guest });
  const id = person_id ?? context.moment.id();
  if (checked.email) await claimEmail(context.db, id, checked.email);
  const { facts, personal } = splitPersonal(checked);
  if (guest) facts.is_guest = true;
  // As clients know it: a password too short to be one leaves the person without.
  if (password && [...password].length >= MIN_PASSWORD && !facts.is_bot) {
    const hashed = await hashPassword(password);
    await keep(context.db, sql`insert into person_secret (person_id, password_hash) values (${id}, ${hashed}) on conflict (person_id) do update set password_hash = excluded.password_hash`);
  }
  return { id, facts: defaults(facts, context.resource<Settings>('settings')), sealed: await seal(context, id, personal), is_bot: facts.is_bot === true };
};

/**
 * Creates a person; a bot is answered with the token it calls with, which is shown this once.
 * @throws Invalid for a taken or malformed e-mail, an unknown role, department or studio.
 */
export const createPerson = command({
  subject: 'cmd.auth.create-person', secret: true, schema: NewPersonBody.extend({ person_id: z.guid().optional(), is_guest: z.unknown().optional() }), state: personState, creates: true,
  access: to.admins, prepare, stream: personStream,
  decide: ({ id, facts, sealed }: Create, state: PersonState) => (state ? [] : [PersonCreated({ person_id: id, facts: facts as PersonFacts, sealed })]),
  answer: async ({ id, is_bot }: Create, context: Context) => {
    const card = await personCard(context.db, id);
    return is_bot ? { ...card, access_token: await issueBotToken(context, id, card.expiration_date) } : card;
  },
});
