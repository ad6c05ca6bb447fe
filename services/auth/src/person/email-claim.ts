import { Invalid, sql, type Db } from '@shotlog/kernel';

const KIND = 'person.email';
const streamOf = (person_id: string) => `person-${person_id}`;
const holds = (db: Db, stream: string, email: string) =>
  db.one(sql`select 1 from person where id = ${stream.slice('person-'.length)}::uuid and lower(email) = lower(${email})`);

const POLL_MS = 100;
const POLLS = 20;

/**
 * Takes an e-mail address for a person. It stands in the claims table alone, never in the log: a claim whose holder has no such
 * address, nor gets it within two seconds, was left by a crash and is taken over.
 * @throws Invalid (400) when another has it.
 */
export const claimEmail = async (db: Db, person_id: string, email: string): Promise<void> => {
  const [key, stream] = [email.toLowerCase(), streamOf(person_id)];
  const inUse = new Invalid('This e-mail address is in use.');
  if (await db.one(sql`select 1 from person where lower(email) = ${key} and id <> ${person_id}`)) throw inUse;
  const row = await db.one<{ stream: string }>(sql`insert into claim (kind, key, stream) values (${KIND}, ${key}, ${stream})
    on conflict (kind, key) do update set stream = claim.stream returning stream`);
  const holder = row!.stream;
  if (holder === stream) return;
  for (let i = 0; i < POLLS; i++) {
    if (await holds(db, holder, email)) throw inUse;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const taken = await db.one(sql`update claim set stream = ${stream} where kind = ${KIND} and key = ${key} and stream = ${holder} returning stream`);
  if (!taken) throw inUse;
};

/** Gives back the addresses of a person, all but the one that stays. */
export const releaseEmails = (db: Db, person_id: string, stays: string | null): Promise<void> =>
  db.batch([sql`delete from claim where kind = ${KIND} and stream = ${streamOf(person_id)} and key <> ${(stays ?? '').toLowerCase()}`]);
