import { createHash, timingSafeEqual } from 'node:crypto';
import { covers, overlaps } from './subjects.ts';

/** Subject patterns. Without `allow` everything is allowed; `deny` wins over `allow`. */
export interface Rule {
  allow?: readonly string[];
  deny?: readonly string[];
}

/** Somebody who may connect. Without a rule, everything may be published or subscribed to. */
export interface User {
  user: string;
  password: string;
  publish?: Rule;
  subscribe?: Rule;
}

/** When neither is given, everybody may connect; when both are given, either lets a client in. */
export interface Credentials {
  token?: string | undefined;
  users?: readonly User[] | undefined;
}

/** What a client offers in CONNECT. */
export interface Offer {
  auth_token?: unknown;
  user?: unknown;
  pass?: unknown;
}

/** What a client may do once it is in. */
export interface Permissions {
  mayPublish(subject: string): boolean;
  maySubscribe(pattern: string): boolean;
  /** Some messages of an allowed pattern are denied and have to be held back one by one: see `mayReceive`. */
  isFiltered(pattern: string): boolean;
  mayReceive(subject: string): boolean;
}

/** Subjects travel as latin1 strings (one character a byte), rules are written in Unicode. */
const asBytes = (patterns: readonly string[] | undefined): string[] | undefined =>
  patterns?.map((pattern) => Buffer.from(pattern).toString('latin1'));

const permissionsOf = ({ publish, subscribe }: Pick<User, 'publish' | 'subscribe'>): Permissions => {
  const within = (allow: string[] | undefined, deny: string[] | undefined) => (subject: string) =>
    (allow === undefined || allow.some((pattern) => covers(pattern, subject))) &&
    !(deny ?? []).some((pattern) => covers(pattern, subject));
  const allowed = asBytes(subscribe?.allow);
  const denied = asBytes(subscribe?.deny);
  return {
    mayPublish: within(asBytes(publish?.allow), asBytes(publish?.deny)),
    maySubscribe: within(allowed, denied),
    isFiltered: (pattern) => (denied ?? []).some((other) => overlaps(other, pattern)),
    mayReceive: within(undefined, denied),
  };
};

const same = (offered: unknown, expected: string): boolean => {
  if (typeof offered !== 'string') return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(offered), digest(expected));
};

/** Decides who may connect and as whom. */
export class Doorkeeper {
  readonly #token: string | undefined;
  readonly #users: { user: User; permissions: Permissions }[];
  readonly isOpen: boolean;
  /** What a client may do that has not named itself where nobody has to. */
  readonly everything: Permissions = permissionsOf({});

  constructor({ token, users }: Credentials) {
    this.#token = token;
    this.#users = (users ?? []).map((user) => ({ user, permissions: permissionsOf(user) }));
    this.isOpen = token === undefined && users === undefined;
  }

  /** What the client may do, or undefined when it may not connect. */
  admit(offer: Offer): Permissions | undefined {
    if (this.isOpen) return this.everything;
    if (this.#token !== undefined && same(offer.auth_token, this.#token)) return this.everything;
    return this.#users.find(({ user }) => offer.user === user.user && same(offer.pass, user.password))?.permissions;
  }
}
