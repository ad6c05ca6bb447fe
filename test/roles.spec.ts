import { EventStoreDBClient } from '@eventstore/db-client';
import { definitions } from '@shotlog/gateway';
import { nameOf, type Route } from '@shotlog/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asks } from './roles/asks.ts';
import { declared, hiddenFrom, isRefused, marksOf, send, sound, told } from './roles/outcome.ts';
import { openScene, type Asker, type Scene } from './roles/scene.ts';
import { startStudio, type Studio } from './studio.ts';

const services = definitions.map(({ name, routes }) => ({ name, routes: routes.filter((r) => !r.path.startsWith('/internal/')) }));
const routes = services.flatMap((s) => s.routes);
const MINUTES = 60_000;
const TRACE = 'roles.spec must not';

let studio: Studio;
let s: Scene;
let everybody: Asker[];

beforeAll(async () => {
  studio = await startStudio();
  s = await openScene(await studio.signIn(), studio);
  everybody = [...s.team, ...s.strangers, s.guest];
}, 3 * MINUTES);
afterAll(() => studio?.stop());

/** Who asks for a route; where nobody is asked who they are, some are enough. */
const callers = (route: Route): Asker[] => (route.access.declared.guests === 'refused' ? everybody : [s.guest, s.team[3]!, s.strangers[5]!]);

/** Several routes at a time, reads first; answers what went wrong. */
const each = async (list: Route[], check: (route: Route) => Promise<string[]>): Promise<string[]> => {
  const wrong: string[] = [];
  const queue = [...list].sort((a, b) => Number(a.method !== 'get') - Number(b.method !== 'get'));
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let route = queue.shift(); route; route = queue.shift()) {
      const at = route;
      wrong.push(...(await check(route).catch((error: Error) => [error.message])).map((found) => `${nameOf(at)}: ${found}`));
    }
  }));
  return wrong.sort();
};

/** Who is refused whatever they ask for. One request for all of them: it must not be used up. */
const refused = async (route: Route): Promise<string[]> => {
  const them = callers(route).filter((me) => declared(route, me) === 'refused');
  if (them.length === 0) return [];
  const sent = await sound(route, s, them[0]!, true);
  const found = await Promise.all(them.map(async (me) => {
    const reply = await send(route, s, me, true, { ...sent, as: undefined }, TRACE);
    return isRefused(reply) ? [] : [`answers ${me.name}, who is to be refused: ${told(reply)}`];
  }));
  return found.flat();
};

/** Who is let in for what is theirs asks for what is not. */
const kept = async (route: Route): Promise<string[]> => {
  const wrong: string[] = [];
  for (const me of callers(route).filter((one) => declared(route, one) === 'filtered')) {
    const open = !me.onTeam && me.id !== '' && route.access.declared.by === 'production';
    const reply = await send(route, s, me, open, { ...(await sound(route, s, me, open)), as: undefined }, TRACE);
    const shown = marksOf(reply).filter((mark) => hiddenFrom(route, me).includes(mark));
    if (!isRefused(reply) && (reply.status >= 300 || shown.length > 0)) wrong.push(`answers ${me.name} what is not theirs: ${told(reply)}`);
  }
  return wrong;
};

/** The halves that somebody asks for: who is allowed everything asks for both, of what changes things the least of them does. */
const halves = (route: Route, me: Asker): boolean[] => {
  const { team, guests, by } = route.access.declared;
  const least = Math.max(...s.team.map((one, n) => (team[one.role] === 'allowed' ? n : -1)));
  const both = declared(route, me) === 'allowed' && guests === 'refused' && (route.method === 'get' || (by === 'production' && me === s.team[least]));
  return both ? [true, false] : [true];
};

/** Who is let in gets an answer, without what they may not see. */
const answered = async (route: Route): Promise<string[]> => {
  const wrong: string[] = [];
  let all: string[] | null = null;
  for (const me of callers(route)) {
    const outcome = declared(route, me);
    if (outcome === 'refused' || (outcome === 'filtered' && !me.onTeam && route.access.declared.by === 'production')) continue;
    for (const open of halves(route, me)) {
      const sent = await sound(route, s, me, open);
      const reply = await send(route, s, me, open, sent, 'roles.spec may');
      const marks = marksOf(reply);
      if (sent.status === undefined ? reply.status >= 300 : reply.status !== sent.status) wrong.push(`refuses ${me.name}, who is ${outcome}${open ? '' : ' everything'}: ${told(reply)}`);
      else if (outcome === 'filtered' && marks.some((mark) => hiddenFrom(route, me).includes(mark))) wrong.push(`shows ${me.name} what is not theirs: ${told(reply)}`);
      else if (me.onTeam && outcome === 'allowed' && route.method === 'get' && open && all !== null && all.some((mark) => !marks.includes(mark))) wrong.push(`hides from ${me.name}, who is allowed everything: ${told(reply)}`);
      if (me.role === 'admin' && open) all ??= marks;
    }
  }
  return wrong;
};

describe('every route', () => {
  it('has a sound request to be tested by, and no more than one', () => {
    expect(routes.filter((r) => r.method !== 'get' && !asks[nameOf(r)]).map(nameOf)).toEqual([]);
    expect(Object.keys(asks).filter((name) => !routes.some((r) => nameOf(r) === name))).toEqual([]);
  });

  it('says whom it is for', () => expect(routes.filter((r) => !r.access).map(nameOf)).toEqual([]));
});

describe('who is not meant', () => {
  it.each(services)('is refused by $name', async (service) => expect(await each(service.routes, refused)).toEqual([]), 3 * MINUTES);
  it.each(services)('gets of $name only what is theirs', async (service) => expect(await each(service.routes, kept)).toEqual([]), 3 * MINUTES);

  it('has changed nothing', async () => {
    const log = EventStoreDBClient.connectionString(studio.embedded.eventStoreUrl);
    const changed = new Set<string>();
    for await (const { event } of log.readAll()) if ((event?.metadata as any)?.correlation_id?.startsWith(TRACE)) changed.add(`${event!.type} by ${everybody.find((e) => e.id === (event!.metadata as any).actor)?.name}`);
    await log.dispose();
    expect([...changed].sort()).toEqual([]);
  }, MINUTES);
});

describe('who is meant', () => {
  it.each(services)('is answered by $name', async (service) => expect(await each(service.routes, answered)).toEqual([]), 3 * MINUTES);
});
