import { DomainError, Forbidden } from './errors.ts';

export const ROLES = ['admin', 'manager', 'supervisor', 'user', 'client', 'vendor'] as const;
/** What a person is in the studio; `guest` holds a share link and nothing else. */
export type Role = (typeof ROLES)[number];

/**
 * Who asks, as the service itself knows them (its own projection of persons and teams), never as the message says.
 * `system` is Shotlog itself: processes and the first start.
 */
export class Caller {
  readonly id: string | null;
  readonly role: Role;
  readonly departments: readonly string[];
  readonly isBot: boolean;
  readonly studio_id: string | null;
  /** Productions of whose team the person is, with the role there where it differs. */
  readonly teams: ReadonlyMap<string, Role | null>;
  readonly isSystem: boolean;

  constructor(of: { id: string | null; role: Role; departments?: readonly string[]; isBot?: boolean; studio_id?: string | null;
    teams?: ReadonlyMap<string, Role | null>; isSystem?: boolean }) {
    this.id = of.id;
    this.role = of.role;
    this.departments = of.departments ?? [];
    this.isBot = of.isBot ?? false;
    this.studio_id = of.studio_id ?? null;
    this.teams = of.teams ?? new Map();
    this.isSystem = of.isSystem ?? false;
  }

  static readonly system = new Caller({ id: null, role: 'admin', isSystem: true });

  get isAdmin(): boolean { return this.role === 'admin'; }
  get isClient(): boolean { return this.role === 'client'; }
  get isVendor(): boolean { return this.role === 'vendor'; }
  /** The id, for what only a person can do. @throws Forbidden for the system. */
  get personId(): string {
    if (this.id === null) throw new Forbidden();
    return this.id;
  }

  /** Whether the caller is on the production's team; admins are everywhere. */
  isIn(project_id: string): boolean { return this.isAdmin || this.teams.has(project_id); }

  /** The role in one production: the team's own where it gives one. Admins stay admins. */
  roleIn(project_id: string): Role {
    return this.isAdmin ? 'admin' : (this.teams.get(project_id) ?? this.role);
  }

  /** Whether the caller may manage the production: an admin, or a manager on its team. */
  manages(project_id: string): boolean {
    return this.isAdmin || (this.teams.has(project_id) && this.roleIn(project_id) === 'manager');
  }

  /** Whether the caller may supervise in the production: whoever manages it, or a supervisor on its team. */
  supervises(project_id: string): boolean {
    return this.manages(project_id) || (this.teams.has(project_id) && this.roleIn(project_id) === 'supervisor');
  }
}

/** Refuses with 403 unless it holds. */
export const allow = (holds: boolean, message?: string): void => {
  if (!holds) throw new Forbidden(message);
};

/** The policies that most routes have, as checks on the caller alone. Each throws Forbidden (403). */
export const only = {
  anyone: (_: Caller): void => {},
  /** Whoever has a token; clients and vendors too. */
  signedIn: (caller: Caller): void => allow(caller.id !== null || caller.isSystem),
  admin: (caller: Caller): void => allow(caller.isAdmin),
  manager: (caller: Caller): void => allow(caller.isAdmin || caller.role === 'manager'),
  supervisor: (caller: Caller): void => allow(['admin', 'manager', 'supervisor'].includes(caller.role)),
  /** Everybody of the studio: not clients, not vendors. */
  staff: (caller: Caller): void => allow(!caller.isClient && !caller.isVendor),
  /** On the team of the production named by `project_id`. */
  team: (caller: Caller, project_id: string): void => allow(caller.isIn(project_id)),
  teamManager: (caller: Caller, project_id: string): void => allow(caller.manages(project_id)),
  teamSupervisor: (caller: Caller, project_id: string): void => allow(caller.supervises(project_id)),
  /** Of the team, but neither client nor vendor there. */
  teamStaff: (caller: Caller, project_id: string): void =>
    allow(caller.isIn(project_id) && !['client', 'vendor'].includes(caller.roleIn(project_id))),
};

/** 401: no token, or one that no longer counts. */
export const unauthenticated = (message: string): DomainError => new DomainError('Unauthenticated', message, { extra: { msg: message } });
/** 422: a token that is none, or of the wrong kind. */
export const badToken = (message: string): DomainError => new DomainError('BadToken', message, { extra: { msg: message } });
