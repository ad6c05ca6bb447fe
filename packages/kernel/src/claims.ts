import type { Claim } from './command.ts';
import type { Db } from './database.ts';
import { raw, sql } from './sql.ts';

/** How long a claim counts that its stream does not show yet: between taking a name and the append lie milliseconds. */
const PENDING_S = 5;
const LOOK_AGAIN_MS = 15;

/**
 * Takes names for a stream in the service's claims table. Answers the first claim that another holds, or null. `shows` tells whether a
 * stream's facts hold the claim. One that they do not is being made (waited for) or was cut off by a crash (taken over).
 */
export const take = async (db: Db, claims: Claim[], stream: string, shows: (holder: string, claim: Claim) => Promise<boolean>): Promise<{ claim: Claim; holder: string } | null> => {
  for (const claim of claims) {
    const holder = await takeOne(db, claim, stream, shows);
    if (holder !== null) return { claim, holder };
  }
  return null;
};

const takeOne = async (db: Db, { kind, key }: Claim, stream: string, shows: (holder: string, claim: Claim) => Promise<boolean>): Promise<string | null> => {
  for (;;) {
    const row = await db.one<{ stream: string; age: number }>(sql`insert into claim (kind, key, stream) values (${kind}, ${key}, ${stream})
      on conflict (kind, key) do update set at = case when claim.stream = excluded.stream then clock_timestamp() else claim.at end
      returning stream, extract(epoch from clock_timestamp() - at)::float as age`);
    const { stream: holder, age } = row!;
    if (holder === stream) return null;
    if (await shows(holder, { kind, key })) return holder;
    if (age > PENDING_S) await db.batch([sql`delete from claim where kind = ${kind} and key = ${key} and stream = ${holder} and at < clock_timestamp() - ${`${PENDING_S} s`}::interval`]);
    else await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
};

/** Gives names back, where the stream still holds them. */
export const giveBack = (db: Db, claims: Claim[], stream: string): Promise<void> =>
  db.batch(claims.map(({ kind, key }) => sql`delete from claim where kind = ${kind} and key = ${key} and stream = ${stream}`));

/**
 * Fills the claims table from the read model where names are missing (a database made anew from the log). `sources` are selects of
 * (kind, key, stream). Names that are there stay: the read model may be behind them.
 */
export const refillClaims = (db: Db, sources: string[]): Promise<void> =>
  db.batch(sources.map((source) => raw(`insert into claim (kind, key, stream) ${source} on conflict do nothing`)));
