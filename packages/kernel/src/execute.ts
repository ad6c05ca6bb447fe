import type { Logger } from 'pino';
import { Caller } from './caller.ts';
import { giveBack, take } from './claims.ts';
import { now } from './clock.ts';
import type { Claim, CommandDefinition, Context, DecidingCommand, Moment } from './command.ts';
import type { Database } from './database.ts';
import { Conflict, DomainError, Invalid } from './errors.ts';
import { catalogue, type NewEvent } from './event.ts';
import { derivedId, newId } from './ids.ts';
import type { CommandMessage } from './wire.ts';
import { WrongExpectedRevision, type Log } from './log.ts';
import type { Processes } from './processes.ts';
import type { Attempt } from './receipts.ts';
import type { Aggregate, Repository } from './repository.ts';
import type { Turns } from './turns.ts';

/** How often a decision is made again when others write to the same stream at the same time. */
const ATTEMPTS = 12;

/** What came with a command: who, and how its events are recognised when it is sent again. */
export type Envelope = {
  caller: Caller; command_id: string; correlation_id: string; causation_id: string | null; silent?: boolean;
  /** Told, for a command with a key, what is about to be appended and where. */
  deciding?: (stream: string, decided: unknown) => Promise<void>;
  /** Where an earlier attempt with the same key may have got to. */
  attempt?: Attempt | null;
};

export type Executed = { answer: unknown; position: bigint | null };

export type Engine = {
  run(command: CommandDefinition, input: unknown, envelope: Envelope): Promise<Executed>;
  context(envelope: Envelope, written: { position: bigint | null }): Context;
};

export type EngineParts = {
  database: Database; log: Log; repository: Repository; logger: Logger; processes: Processes;
  /** Only other replicas are raced against: within one the next decision on a stream stands on the last one. */
  turns: Turns;
  /** Waits for the read model (and the service's own processes) to have a position. */
  settle(position: bigint): Promise<void>;
  persons: Context['persons'];
  resource: Context['resource'];
  fetchFrom(service: string, path: string, position: bigint | null): Promise<any>;
  send(subject: string, message: Omit<CommandMessage, 'token'>): Promise<{ answer: unknown; position: string | null }>;
};

const parse = (command: CommandDefinition, input: unknown): unknown => {
  const parsed = command.schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw validationError(parsed.error.issues);
};

/** 400 with one line for each field that is wrong, in the form that clients of the API know. */
export const validationError = (issues: readonly { path: PropertyKey[]; message: string }[]): Invalid => {
  const errors = issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  return new Invalid(`The request is not valid: ${errors.map((e) => (e.field ? `${e.field}: ${e.message}` : e.message)).join('; ')}`, { data: { errors } });
};

const checkEvents = (events: NewEvent[]): void => {
  for (const event of events) {
    const checked = catalogue.get(event.type)!.schema.safeParse(event.data);
    // What a command let through and no fact may say is the request's mistake: nothing was written.
    if (!checked.success) throw validationError(checked.error.issues);
  }
};

/** `shot` of `shot-<id>`. */
const kindOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));

const projectOf = (events: NewEvent[]): string | null => events.find((e) => typeof e.data?.project_id === 'string')?.data.project_id ?? null;

/** Runs commands: policy, decision, append with the expected revision, wait for the read model, answer. */
export const openEngine = (parts: EngineParts): Engine => {
  const { database, log, repository, processes, turns } = parts;

  const momentOf = (envelope: Envelope): Moment =>
    ({ at: now(), actor: envelope.caller.id, id: (n = 1) => derivedId(envelope.command_id, 'id', String(n)) });

  const claimsOf = (command: DecidingCommand, state: unknown): Claim[] => command.claims?.(state) ?? [];
  const without = (claims: Claim[], others: Claim[]) => claims.filter((c) => !others.some((o) => o.kind === c.kind && o.key === c.key));

  const EMPTY = { revision: -1, commands: new Map<string, bigint>() };
  /** Whether a stream's own facts hold a claim. Of streams of another kind, which are folded differently, existence must do. */
  const shows = (command: DecidingCommand, stream: string) => async (holder: string, claim: Claim): Promise<boolean> => {
    if (kindOf(holder) !== kindOf(stream)) return (await log.read(holder)).length > 0;
    const { state } = await repository.load(holder, command.state, true);
    return claimsOf(command, state).some((c) => c.kind === claim.kind && c.key === claim.key);
  };

  type Decision = { known: Aggregate<unknown>; events: NewEvent[]; done: bigint | undefined };
  const decisionOn = (known: Aggregate<unknown>, command: DecidingCommand, input: unknown, envelope: Envelope, moment: Moment): Decision => {
    const done = known.commands.get(envelope.command_id);
    if (done !== undefined) return { known, events: [], done };
    command.policy(envelope.caller, input, known.state);
    return { known, events: command.decide(input, known.state, moment), done };
  };
  /** Only an append tells that what was known is old: a refusal and "nothing to do" must stand on what is. */
  const decision = async (stream: string, command: DecidingCommand, input: unknown, envelope: Envelope, moment: Moment, attempt: number): Promise<Decision> => {
    if (command.creates && attempt === 0) return decisionOn({ ...EMPTY, state: command.state.initial }, command, input, envelope, moment);
    const known = await repository.load(stream, command.state, attempt > 0);
    try {
      const made = decisionOn(known, command, input, envelope, moment);
      if (made.events.length > 0 || made.done !== undefined || attempt > 0) return made;
    } catch (error) {
      if (attempt > 0 || !(error instanceof DomainError)) throw error;
      const fresh = await repository.load(stream, command.state, true);
      if (fresh.revision === known.revision) throw error;
    }
    return decisionOn(await repository.load(stream, command.state, true), command, input, envelope, moment);
  };

  const decideOnce = async (command: DecidingCommand, input: unknown, envelope: Envelope, moment: Moment, attempt: number) => {
    const stream = command.stream(input);
    const { known, events, done } = await decision(stream, command, input, envelope, moment, attempt);
    if (done !== undefined) return { events: [] as NewEvent[], position: done, input };
    // Nothing to do because of what stands in the stream: the reply must have seen that.
    if (events.length === 0) return { events, position: [...known.commands.values()].at(-1) ?? null, input };
    checkEvents(events);
    const after = events.reduce((s, e) => command.state.evolve(s, e, moment.at), known.state);
    const [before, wanted] = [claimsOf(command, known.state), claimsOf(command, after)];
    const taken = without(wanted, before);
    const clash = taken.length > 0 ? await take(database, taken, stream, shows(command, stream)) : null;
    if (clash) {
      await giveBack(database, taken, stream);
      const answer = command.taken?.(clash.claim, clash.holder, input) ?? new Invalid(`There is one already: ${clash.claim.key.split('\n').at(-1)}.`);
      if (answer instanceof Error) throw answer;
      return { events: [] as NewEvent[], position: (await log.read(clash.holder)).at(-1)?.position ?? null, input: answer.instead };
    }
    const metadata = { at: moment.at, actor: envelope.caller.id, project_id: projectOf(events), correlation_id: envelope.correlation_id,
      causation_id: envelope.causation_id, command_id: envelope.command_id, ...(envelope.silent ? { silent: true } : {}) };
    await envelope.deciding?.(stream, input);
    const written = await log.append(stream, known.revision, events, metadata);
    const commands = new Map(known.commands).set(envelope.command_id, written.position);
    repository.keep(stream, command.state, { state: after, revision: written.revision, commands });
    const released = without(before, wanted);
    if (released.length > 0) await giveBack(database, released, stream);
    return { events, position: written.position, input };
  };

  /** What an attempt with the same key had written when its reply was lost. */
  const reachedBefore = async ({ attempt, command_id }: Envelope) => {
    if (!attempt) return null;
    const events = (await log.read(attempt.stream)).filter((e) => e.metadata.command_id === command_id);
    return events.length === 0 ? null : { decided: attempt.decided, position: events.at(-1)!.position,
      events: events.map(({ type, data, metadata }) => ({ type, data, version: metadata.version })) };
  };

  const decide = async (command: DecidingCommand, input: unknown, envelope: Envelope) => {
    const moment = momentOf(envelope);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return await turns.take(command.stream(input), () => decideOnce(command, input, envelope, moment, attempt));
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
        if (attempt > 2) await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * attempt));
      }
    }
    throw new Conflict(`Others change the same thing at the same time (${command.subject}). Nothing was changed; try again.`);
  };

  const engine: Engine = {
    async run(command, given, envelope) {
      const written: { position: bigint | null } = { position: null };
      const context = engine.context(envelope, written);
      const parsed = parse(command, given);
      const cutOff = 'decide' in command ? await reachedBefore(envelope) : null;
      if (cutOff) {
        written.position = cutOff.position;
        await context.settled();
        return { answer: (await command.answer?.(cutOff.decided, context, cutOff.events)) ?? null, position: cutOff.position };
      }
      const input = command.prepare ? await command.prepare(parsed, context) : parsed;
      if (!('decide' in command)) {
        command.policy(envelope.caller, input, undefined);
        const handle = () => command.handle(input, context);
        const result = command.resumable ? await processes.noted(command, input, envelope, handle) : await handle();
        await context.settled();
        return { answer: command.answer ? await command.answer(input, context, []) : result, position: written.position };
      }
      const { events, position, input: decided } = await decide(command, input, envelope);
      if (position !== null && (written.position === null || position > written.position)) written.position = position;
      await context.settled();
      return { answer: (await command.answer?.(decided, context, events)) ?? null, position: written.position };
    },
    context(envelope, written) {
      const moment = momentOf(envelope);
      const step = async (command: CommandDefinition, input: unknown, key: string, caller: Caller) => {
        const part: Envelope = { ...envelope, deciding: undefined, attempt: null, caller, command_id: derivedId(envelope.command_id, command.subject, key), causation_id: envelope.command_id };
        const parsed = parse(command, input);
        const inner = engine.context(part, written);
        const ready = command.prepare ? await command.prepare(parsed, inner) : parsed;
        if (!('decide' in command)) {
          command.policy(caller, ready, undefined);
          return command.handle(ready, inner);
        }
        const { position, input: decided } = await decide(command, ready, part);
        if (position !== null && (written.position === null || position > written.position)) written.position = position;
        return decided;
      };
      return {
        caller: envelope.caller, db: database, moment,
        run: (command, input, key) => step(command, input, key, envelope.caller),
        runAsSystem: (command, input, key) => step(command, input, key, Caller.system),
        settled: async () => { if (written.position !== null) await parts.settle(written.position); },
        persons: parts.persons,
        resource: parts.resource,
        fetchFrom: (service, path) => parts.fetchFrom(service, path, written.position),
        async send(subject, input, key) {
          const { answer, position } = await parts.send(subject, { input, idempotency_key: derivedId(envelope.command_id, subject, key), correlation_id: envelope.correlation_id, after: written.position?.toString() ?? null });
          if (position !== null && (written.position === null || BigInt(position) > written.position)) written.position = BigInt(position);
          return answer;
        },
      };
    },
  };
  return engine;
};

/** A command id for a request: derived from its Idempotency-Key and the caller, else new. */
export const commandId = (subject: string, caller: Caller, key: string | null): string =>
  key ? derivedId('command', subject, caller.id ?? 'system', key) : newId();

