import { allow, ROLES, type Caller, type Role } from './caller.ts';

/**
 * What becomes of a request: `allowed`; `refused` (401, 403, or 404 for what the caller may not know of); `filtered`: answered for what is
 * the caller's own, assigned to them or shared with them, and otherwise refused, or left out of a list.
 */
export type Outcome = 'allowed' | 'refused' | 'filtered';
export type Outcomes = Readonly<Record<Role, Outcome>>;

type Declared = {
  /** On the team of the production that the request is about. */
  team: Outcomes;
  /** Off it. */
  strangers: Outcomes;
  /** Without a token. */
  guests: Outcome;
  /** What the outcome depends on: the role in the studio, or the one on a production's team. */
  by: 'studio' | 'production';
  /** The part of the path, or of the command, that names the production. */
  key: string | null;
};

/**
 * Who a route or a command is for. The declaration is the policy as far as the caller, and with `of` the production, decide: it is enforced
 * before the rest (`policy`, and what `prepare` or the query find out). All of it is held against what really happens, for every route
 * and everybody, by `test/roles.spec.ts`.
 */
export class Audience {
  readonly declared: Declared;
  constructor(declared: Declared) { this.declared = declared; }

  /** The same, save for some roles: on the team, where it is about a production. */
  but(changes: Partial<Outcomes>): Audience {
    const { team, strangers, by } = this.declared;
    return new Audience({ ...this.declared, team: { ...team, ...changes }, strangers: by === 'studio' ? { ...strangers, ...changes } : strangers });
  }

  /** The same, save for some roles off the team. */
  strangers(changes: Partial<Outcomes>): Audience {
    return new Audience({ ...this.declared, strangers: { ...this.declared.strangers, ...changes } });
  }

  /** A list over productions: people off the team are answered too, without what is in it. */
  get listed(): Audience {
    const { team, strangers } = this.declared;
    return new Audience({ ...this.declared, strangers: outcomes((role) => (team[role] === 'refused' ? 'refused' : strangers[role] === 'refused' ? 'filtered' : strangers[role])) });
  }

  /** The same, enforced on the production named by this part of the path, or of the command; null: the rest of the code finds it. */
  of(key: string | null): Audience { return new Audience({ ...this.declared, key }); }

  /** @throws Forbidden where the declaration refuses whatever else is found out. `named` is the path's parts, or the command. */
  check(caller: Caller, named: any): void {
    const { team, strangers, guests, by, key } = this.declared;
    if (caller.isSystem || guests !== 'refused') return;
    allow(caller.id !== null);
    if (by === 'studio') return allow(strangers[caller.role] !== 'refused');
    if (key === null) return;
    const project_id = String(named?.[key] ?? '').toLowerCase();
    allow((caller.isIn(project_id) ? team[caller.roleIn(project_id)] : strangers[caller.role]) !== 'refused');
  }

  /** Who it is for, as the API reference says it. */
  get words(): string {
    const { team, strangers, guests, by } = this.declared;
    if (guests !== 'refused') return guests === 'allowed' ? 'For everybody, without a token too.' : 'For everybody with the link, for what it shows.';
    if (by === 'studio') return `For ${listed(strangers)}.`;
    return `For ${listed(team)} of the production's team. Off the team: ${listed(strangers)}.`;
  }
}

const listed = (of: Outcomes): string => {
  const those = (outcome: Outcome) => ROLES.filter((role) => of[role] === outcome).join(', ');
  const [allowed, filtered] = [those('allowed'), those('filtered')];
  if (!filtered) return allowed || 'nobody';
  return `${allowed}${allowed ? '; ' : ''}${filtered} (only what is theirs or shared with them)`;
};

const outcomes = (of: (role: Role) => Outcome): Outcomes => Object.fromEntries(ROLES.map((role) => [role, of(role)])) as Outcomes;
const all = (outcome: Outcome): Outcomes => outcomes(() => outcome);
const upTo = (last: Role): Outcomes => outcomes((role) => (ROLES.indexOf(role) <= ROLES.indexOf(last) ? 'allowed' : 'refused'));
/** Admins are everywhere. */
const adminsElse = (outcome: Outcome): Outcomes => ({ ...all(outcome), admin: 'allowed' });

const studio = (who: Outcomes): Audience => new Audience({ team: who, strangers: who, guests: 'refused', by: 'studio', key: null });
const production = (team: Outcomes): Audience => new Audience({ team, strangers: adminsElse('refused'), guests: 'refused', by: 'production', key: null });
const open = (outcome: Outcome): Audience => new Audience({ team: all(outcome), strangers: all(outcome), guests: outcome, by: 'studio', key: null });

/** The audiences that there are: `access: to.team.but({ vendor: 'filtered' })`. */
export const to = {
  /** Nobody is asked for a token. */
  anyone: open('allowed'),
  /** Whoever holds a share link, for what it shows. */
  linkHolders: open('filtered'),
  /** Whoever has a token; clients and vendors too. */
  signedIn: studio(all('allowed')),
  /** Whoever has a token, for what is their own; admins for everybody's. */
  oneself: studio(adminsElse('filtered')),
  /** Everybody of the studio: not clients, not vendors. */
  staff: studio(upTo('user')),
  supervisors: studio(upTo('supervisor')),
  managers: studio(upTo('manager')),
  admins: studio(upTo('admin')),
  /** No route: a step that only Shotlog itself takes. */
  system: studio(all('refused')),
  /** Everybody on the team of the production. */
  team: production(all('allowed')),
  /** Everybody on the team, for what is their own; admins for everybody's. */
  teamOneself: production(adminsElse('filtered')),
  /** Of the team, but neither client nor vendor there. */
  teamStaff: production(upTo('user')),
  teamSupervisors: production(upTo('supervisor')),
  teamManagers: production(upTo('manager')),
} as const;
