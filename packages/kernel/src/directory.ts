import { Caller, unauthenticated, type Role } from './caller.ts';
import type { Database } from './database.ts';
import { f } from './fields.ts';
import {
  PersonAvatarSet, PersonCreated, PersonDeleted, PersonUpdated, SessionEnded, TeamMemberAdded, TeamMemberRemoved, TeamMemberRoleSet,
} from './people.events.ts';
import { on, projection } from './projection.ts';
import { raw, sql } from './sql.ts';
import { insert, remove, table, update } from './tables.ts';
import type { Claims } from './tokens.ts';

/** Each service's own copy of who there is: what policies need, and no name. */
export const directoryPerson = table('directory_person', {
  id: f.uuid(), role: f.text(), active: f.boolean(), archived: f.boolean(), departments: f.uuids(), is_bot: f.boolean(), is_guest: f.boolean(),
  studio_id: f.uuid(), daily_salary: f.float(), position: f.text(), seniority: f.text(),
});
export const directoryTeam = table('directory_team', { project_id: f.uuid(), person_id: f.uuid(), role: f.text() },
  { primary: ['project_id', 'person_id'], indexes: ['person_id'] });
const directorySession = table('directory_session', { id: f.text(), until: f.time() });

const member = (e: { data: { project_id: string; person_id: string; role: Role | null } }) => insert(directoryTeam, e.data);

/** Events → who there is and who works where. Part of every service. */
export const directoryProjection = projection('directory', [directoryPerson, directoryTeam, directorySession], [
  on(PersonCreated, (e) => insert(directoryPerson, { id: e.data.person_id, ...e.data.facts })),
  on(PersonUpdated, (e) => update(directoryPerson, e.data.person_id, e.data.facts)),
  on(PersonAvatarSet, () => null),
  on(PersonDeleted, (e) => [remove(directoryPerson, e.data.person_id), sql`delete from directory_team where person_id = ${e.data.person_id}`]),
  on(SessionEnded, (e) => [insert(directorySession, { id: e.data.session_id, until: e.data.until.slice(0, 19) }),
    sql`delete from directory_session where until < ${e.metadata.at.slice(0, 19)}::timestamp`]),
  on(TeamMemberAdded, member),
  on(TeamMemberRoleSet, member),
  on(TeamMemberRemoved, (e) => sql`delete from directory_team where project_id = ${e.data.project_id} and person_id = ${e.data.person_id}`),
]);

/** Event types after which the copy in memory is read anew. */
export const directoryTypes: ReadonlySet<string> = new Set(directoryProjection.handlers.keys());

export type Directory = {
  /** The caller behind verified claims. @throws 401 for a person who left, was deactivated or has signed out. */
  caller(claims: Claims): Promise<Caller>;
  /** Forgets what is in memory; the next question reads it anew. */
  forget(): void;
};

type Loaded = { persons: Map<string, Caller & { active?: boolean }>; active: Set<string>; ended: Set<string> };

/** Reads the directory of a database once and keeps it until told to forget. */
export const openDirectory = (database: Database): Directory => {
  let loaded: Promise<Loaded> | null = null;
  const load = async (): Promise<Loaded> => {
    const [people, teams, ended] = await Promise.all([
      database.all(raw('select id, role, active, departments::text[] as departments, is_bot, studio_id from directory_person')),
      database.all(raw('select project_id, person_id, role from directory_team')),
      database.all(raw('select id from directory_session')),
    ]);
    const byPerson = new Map<string, Map<string, Role | null>>();
    for (const { project_id, person_id, role } of teams) {
      if (!byPerson.has(person_id)) byPerson.set(person_id, new Map());
      byPerson.get(person_id)!.set(project_id, role);
    }
    return {
      persons: new Map(people.map((p) => [p.id, new Caller({ id: p.id, role: p.role, departments: p.departments ?? [], isBot: p.is_bot,
        studio_id: p.studio_id, teams: byPerson.get(p.id) })])),
      active: new Set(people.filter((p) => p.active).map((p) => p.id)),
      ended: new Set(ended.map((e) => e.id)),
    };
  };
  return {
    async caller(claims) {
      if (claims.type === 'service') return Caller.system;
      loaded ??= load();
      const { persons, active, ended } = await loaded.catch((error) => { loaded = null; throw error; });
      if (ended.has(claims.sid)) throw unauthenticated('This sign-in was ended.');
      const caller = persons.get(claims.sub);
      if (!caller || !active.has(claims.sub)) throw unauthenticated('This account is not active.');
      return caller;
    },
    forget() { loaded = null; },
  };
};
