import { z } from 'zod';
import { apiTime, command, event, f, insert, Invalid, list, NotFound, on, projection, raw, reaction, route, spanning, sql, table, common, update, remove, when, defineState, to, type Context, type Fields, type ServiceDefinition } from '../index.ts';

/** A small service with one of everything, for the specs of the kernel. */
const Id = z.guid();
const told = (what: string) => ({ publish: (e: any) => [{ name: `thing:${what}`, payload: { thing_id: e.data.thing_id, n: e.data.n ?? null } }] });
export const ThingMade = event('ThingMade', 2, z.object({ thing_id: Id, name: z.string(), label: z.string() }), {
  ...told('new'),
  // Version 1 had no label.
  upcast: { 1: (data) => ({ ...data, label: data.name.toUpperCase() }) },
});
export const ThingRenamed = event('ThingRenamed', 1, z.object({ thing_id: Id, name: z.string() }), told('update'));
/** `n` is what is added; 13 cannot be projected, and no fact says more than a million. */
export const ThingCounted = event('ThingCounted', 1, z.object({ thing_id: Id, n: z.number().max(1_000_000) }), told('count'));
export const ThingRemoved = event('ThingRemoved', 1, z.object({ thing_id: Id }), told('delete'));

export type Thing = { name: string | null; total: number };
export const thingState = defineState<Thing>({
  initial: { name: null, total: 0 },
  evolve: (state, { type, data }) => type === 'ThingMade' || type === 'ThingRenamed' ? { ...state, name: data.name }
    : type === 'ThingCounted' ? { ...state, total: state.total + data.n } : type === 'ThingRemoved' ? { name: null, total: 0 } : state,
});
const claims = (state: Thing) => (state.name === null ? [] : [{ kind: 'thing.name', key: state.name }]);
const streamOf = (thing_id: string) => `thing-${thing_id}`;
const existing = (state: Thing, id: string): void => { if (state.name === null) throw new NotFound('thing', id); };
const one = async (thing_id: string, context: Context) => context.db.one(sql`select id, name, label, total, seen from thing where id = ${thing_id}`);

export const makeThing = command({
  subject: 'cmd.lab.make-thing', state: thingState, creates: true, claims, access: to.signedIn,
  schema: z.object({ name: z.string().min(1), thing_id: Id.optional() }),
  prepare: ({ name, thing_id }, context) => ({ name, thing_id: thing_id ?? context.moment.id() }), stream: (c) => streamOf(c.thing_id),
  decide: ({ name, thing_id }, state) => (state.name !== null ? [] : [ThingMade({ thing_id, name, label: name })]),
  answer: ({ thing_id }, context) => one(thing_id, context),
});
export const renameThing = command({
  subject: 'cmd.lab.rename-thing', schema: z.object({ thing_id: Id, name: z.string() }), state: thingState, claims, access: to.signedIn, stream: (c) => streamOf(c.thing_id),
  decide: ({ thing_id, name }, state) => {
    existing(state, thing_id);
    return state.name === name ? [] : [ThingRenamed({ thing_id, name })];
  },
  answer: ({ thing_id }, context) => one(thing_id, context),
});
export const countThing = command({
  subject: 'cmd.lab.count-thing', schema: z.object({ thing_id: Id, n: z.number() }), state: thingState, access: to.signedIn, stream: (c) => streamOf(c.thing_id),
  decide: ({ thing_id, n }, state) => {
    existing(state, thing_id);
    return [ThingCounted({ thing_id, n })];
  },
  answer: ({ thing_id }, context) => one(thing_id, context),
});
export const removeThing = command({
  subject: 'cmd.lab.remove-thing', schema: z.object({ thing_id: Id }), state: thingState, claims, access: to.signedIn, stream: (c) => streamOf(c.thing_id),
  decide: ({ thing_id }, state) => {
    existing(state, thing_id);
    return [ThingRemoved({ thing_id })];
  },
});
/** What `makeMany` waits for before each step after the first: a spec closes it to stop the command half way. */
export const gate = { wait: async (_step: number): Promise<void> => {} };
export const makeMany = spanning({
  subject: 'cmd.lab.make-many', schema: z.object({ names: z.array(z.string()) }), access: to.signedIn, resumable: true,
  handle: async ({ names }, context) => {
    const made: unknown[] = [];
    for (const [i, name] of names.entries()) {
      if (i > 0) await gate.wait(i);
      if (name === '') throw new Invalid('A thing needs a name.');
      made.push(await context.run(makeThing, { name }, name));
    }
    await context.settled();
    return { made: made.length, at: context.moment.at };
  },
});

const thingFields = { ...common, name: f.text(), label: f.text(), total: f.integer(), seen: f.integer(), secret: f.text({ hidden: true }) } satisfies Fields;
const things = table('thing', thingFields, { indexes: ['name'] });
export const thingProjection = projection('thing', [things], [
  on(ThingMade, (e) => insert(things, { id: e.data.thing_id, name: e.data.name, label: e.data.label, total: 0, seen: 0, created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position })),
  on(ThingRenamed, (e) => update(things, e.data.thing_id, { name: e.data.name, updated_at: apiTime(e.metadata.at) })),
  // Adding is not idempotent: a total tells how often an event was projected.
  on(ThingCounted, (e) => e.data.n === 13 ? raw('select 1 / 0') : sql`update thing set total = total + ${e.data.n} where id = ${e.data.thing_id}`),
  on(ThingRemoved, (e) => remove(things, e.data.thing_id)),
]);

/** Each thing that is made is counted once by a process, in its own stream. */
export const countFirst = reaction('count-first', [when(ThingMade, async (e, context) => {
  if (e.data.name.startsWith('counted')) await context.runAsSystem(countThing, { thing_id: e.data.thing_id, n: 1 }, 'first');
})]);

const shape = { table: things, type: 'Thing' };
export const lab: ServiceDefinition = {
  name: 'lab',
  routes: [route({ method: 'get', path: '/data/things', summary: 'Things', access: to.signedIn, ask: (c) => {
    c.keep(['studio'], 'anyone');
    return list({ shape, db: c.db, caller: c.caller, request: c.request });
  } })],
  commands: [makeThing, renameThing, countThing, removeThing, makeMany],
  projections: [thingProjection], reactions: [countFirst],
  events: [ThingMade, ThingRenamed, ThingCounted, ThingRemoved],
  claimSources: ["select 'thing.name', name, 'thing-' || id from thing"],
};
