import type { Claim } from './command.ts';
import type { Db } from './database.ts';
import { raw, sql } from './sql.ts';
import type { Log } from './log.ts';

/**
 * Takes names for a stream in the service's claims table. Answers the first claim that another holds, or null. A claim of a
 * stream that does not exist (its append was cut off by a crash) is taken over.
 */
export const take = async (db: Db, log: Log, claims: Claim[], stream: string): Promise<{ claim: Claim; holder: string } | null> => {
  for (const claim of claims) {
    const row = await db.one<{ stream: string }>(sql`insert into claim (kind, key, stream) values (${claim.kind}, ${claim.key}, ${stream})
      on conflict (kind, key) do update set stream = claim.stream returning stream`);
    const holder = row!.stream;
    if (holder === stream) continue;
    if ((await log.read(holder)).length > 0) return { claim, holder };
    await db.batch([sql`update claim set stream = ${stream} where kind = ${claim.kind} and key = ${claim.key} and stream = ${holder}`]);
  }
  return null;
};

/** Gives names back, where the stream still holds them. */
export const giveBack = (db: Db, claims: Claim[], stream: string): Promise<void> =>
  db.batch(claims.map(({ kind, key }) => sql`delete from claim where kind = ${kind} and key = ${key} and stream = ${stream}`));

/**
 * Fills the claims table from the read model where it has none of these (a database made anew from the log). `sources` are
 * selects of (kind, key, stream).
 */
export const refillClaims = (db: Db, sources: string[], hash: string): Promise<void> =>
  db.batch(sources.length === 0 ? [] : [
    ...sources.map((source) => raw(`insert into claim (kind, key, stream) ${source} on conflict do nothing`)),
    raw('delete from claimed_from'), sql`insert into claimed_from values (${hash})`]);
