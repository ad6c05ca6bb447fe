import type { z } from 'zod';
import type { Audience } from './access.ts';
import type { Caller } from './caller.ts';
import type { Db } from './database.ts';
import type { NewEvent } from './event.ts';
import type { StateDefinition } from './state.ts';

/** What a decision gets besides command and state: time, person and new ids come from outside, so that `decide` is pure. */
export type Moment = {
  /** ISO 8601, UTC, microseconds. */
  at: string;
  /** Who asks; null for the system. */
  actor: string | null;
  /** The n-th new id of this command: the same again when the command is sent again with its Idempotency-Key. */
  id: (n?: number | string) => string;
};

/** What steps that may wait can use: the service's own read model, other commands, private things. */
export type Context = {
  caller: Caller;
  db: Db;
  moment: Moment;
  /** Runs another command of the same service in the caller's name, idempotently: `key` tells the steps of one command apart. */
  run<Command>(command: CommandDefinition<any, Command, any>, input: z.input<z.ZodType> | Command, key: string): Promise<unknown>;
  /** The same, in the system's name: for what follows from what the caller was allowed to do. */
  runAsSystem<Command>(command: CommandDefinition<any, Command, any>, input: unknown, key: string): Promise<unknown>;
  /** Waits until everything that this request has written stands in the service's read model. */
  settled(): Promise<void>;
  /** Cards of persons, whose names and addresses only auth knows. Kept in memory until one changes; unknown ids are left out. */
  persons(ids: string[]): Promise<Map<string, PersonCard>>;
  /** What the service was started with (storage, mailer …), by name. @throws Error when it was not. */
  resource<T>(name: string): T;
  /**
   * Asks an internal route of another service, in the system's name, once it has seen what this request wrote:
   * `fetchFrom('files', 'GET /internal/previews|{"entity_id":"…"}?limit=2')` (route, parameters as JSON, query string).
   */
  fetchFrom(service: string, path: string): Promise<any>;
  /**
   * Sends a command of another service in the system's name, once that service has seen what this request wrote, and answers what it
   * answers: `send('cmd.tasks.ensure-task', { id, values }, id)`. `key` tells the steps apart, as for `run`. @throws DomainError as the service said it.
   */
  send(subject: string, input: unknown, key: string): Promise<any>;
};

/**
 * A person with every field that an admin sees, as `GET /data/persons/{id}` answers it. Show others only what they may see:
 * `first_name`, `last_name`, `full_name`, `has_avatar`, `id`, `role`, `departments`.
 */
export type PersonCard = { id: string; first_name: string; last_name: string; full_name: string; email: string | null; role: string; has_avatar: boolean; active: boolean; departments: string[] } & Record<string, any>;

/** A name that only one thing may have; `kind` tells the sorts apart. */
export type Claim = { kind: string; key: string };

type Base<Schema extends z.ZodType, Command> = {
  /** The NATS subject, `cmd.<service>.<command>`. */
  subject: string;
  schema: Schema;
  /** Sent without a token too (sign-in, forgotten passwords). No reply to it is kept for its Idempotency-Key. */
  open?: boolean;
  /** Its answer or its input holds a secret (a token, a password): no reply to it is kept for its Idempotency-Key. */
  secret?: boolean;
  /** Who may send it. */
  access: Audience;
  /** What of it depends on more than `access` names: throws Forbidden. Runs after `prepare`, with the state the decision will be made on. */
  policy: (caller: Caller, command: Command, state: any) => void;
  /** The one step that may wait: looks up what the decision needs and answers the completed command. */
  prepare?: (command: z.output<Schema>, context: Context) => Promise<Command> | Command;
  /** The body of the reply; runs once the read model has the events. Null: an empty body. */
  answer?: (command: Command, context: Context, events: NewEvent[]) => Promise<unknown> | unknown;
};

/** A command that one stream decides. */
export type DecidingCommand<Schema extends z.ZodType = z.ZodType, Command = any, State = any> = Base<Schema, Command> & {
  state: StateDefinition<State>;
  stream: (command: Command) => string;
  /** The stream is most likely new: it is not read before the first attempt. */
  creates?: boolean;
  decide: (command: Command, state: State, moment: Moment) => NewEvent[];
  /** What names the thing holds in a state; taken before the append, given back after. */
  claims?: (state: State) => Claim[];
  /** What a taken name means: an error (400 by default), or the command to answer for instead, where the one that is there will do. */
  taken?: (claim: Claim, holder: string, command: Command) => Error | { instead: Command };
};

/** A command that spans streams: runs other commands, each idempotent, so that it may be run again from the start. */
export type SpanningCommand<Schema extends z.ZodType = z.ZodType, Command = any> = Base<Schema, Command> & {
  handle: (command: Command, context: Context) => Promise<unknown>;
  /** Noted in the log before it starts and finished by the next start when a crash interrupts it. */
  resumable?: boolean;
};

export type CommandDefinition<Schema extends z.ZodType = any, Command = any, State = any> =
  DecidingCommand<Schema, Command, State> | SpanningCommand<Schema, Command>;

/** A definition as it is written down: `access` says whether it is open, and what it says needs no policy. */
export type Declaration<Definition extends { policy: unknown }> = { [Key in keyof Definition as Key extends 'policy' | 'open' ? never : Key]: Definition[Key] } & Partial<Pick<Definition, 'policy'>>;

/** `access` before what else is asked of the caller. */
export const guarded = <Named>(of: { access: Audience; policy?: (caller: Caller, named: Named, state?: any) => void }) =>
  (caller: Caller, named: Named, state?: any): void => {
    of.access.check(caller, named);
    of.policy?.(caller, named, state);
  };

/** `open`, where the audience needs no token. */
export const opened = ({ access }: { access: Audience }): { open?: true } => (access.declared.guests !== 'refused' ? { open: true } : {});

/** Declares a command that one stream decides: `given(command, …).when(…)` tests it, `run` executes it. */
export const command = <Schema extends z.ZodType, State, Command = z.output<Schema>>(
  declared: Declaration<DecidingCommand<Schema, Command, State>>): DecidingCommand<Schema, Command, State> =>
  ({ ...declared, ...opened(declared), policy: guarded(declared) }) as DecidingCommand<Schema, Command, State>;

/** Declares a command that spans streams. */
export const spanning = <Schema extends z.ZodType, Command = z.output<Schema>>(
  declared: Declaration<SpanningCommand<Schema, Command>>): SpanningCommand<Schema, Command> =>
  ({ ...declared, ...opened(declared), policy: guarded(declared) }) as SpanningCommand<Schema, Command>;

/** The service that a command belongs to: the second word of its subject. */
export const serviceOf = (subject: string): string => subject.split('.')[1]!;
