import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definitions } from '@shotlog/gateway';
import type { Route } from '@shotlog/kernel';
import { fill, MARK, sampleProduction, type Sample } from './production.ts';
import { startStudio, type Client, type Studio } from './studio.ts';

const routes: Route[] = definitions.flatMap((d) => d.routes).filter((r) => !r.path.startsWith('/internal/'));
const name = (r: Route) => `${r.method.toUpperCase()} ${r.path}`;
/** Ends sessions or changes what the other checks stand on. */
const disturbing = new Set(['GET /auth/logout']);

let studio: Studio;
let admin: Client;
let sample: Sample;
const people = new Map<string, Client>();
const ROLES = ['manager', 'supervisor', 'user', 'client', 'vendor'];

beforeAll(async () => {
  studio = await startStudio();
  admin = await studio.signIn();
  let someone = '';
  for (const role of ROLES) {
    const person = await admin.must('POST', '/data/persons', { first_name: 'Some', last_name: role, email: `${role}@stranger.test`, role, password: 'strangerpassword' });
    someone = person.id;
    people.set(role, await studio.signIn(`${role}@stranger.test`, 'strangerpassword'));
  }
  sample = await sampleProduction(admin, someone);
});
afterAll(() => studio?.stop());

/** Several at a time; answers what went wrong. */
const each = async (list: Route[], check: (route: Route) => Promise<string | null>): Promise<string[]> => {
  const wrong: string[] = [];
  const queue = [...list];
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let route = queue.shift(); route; route = queue.shift()) {
      const found = await check(route);
      if (found) wrong.push(`${name(route)}: ${found}`);
    }
  }));
  return wrong.sort();
};

describe('the documented API', () => {
  it('is there, route by route', async () => {
    const contract = (await readFile(new URL('./contract-routes.tsv', import.meta.url), 'utf8')).trim().split('\n').map((line) => line.split('\t') as [string, string]);
    expect(contract.length).toBe(790);
    const missing: string[] = [];
    await Promise.all(contract.map(async ([method, path]) => {
      const { status, body } = await studio.nobody.send(method, fill(path, sample), method === 'GET' ? undefined : {});
      if (status === 405 || status === 501 || body?.message === 'There is nothing at this address.') missing.push(`${method} ${path}`);
    }));
    expect(missing).toEqual([]);
  });
});

describe('every route', () => {
  it('refuses who has no token, unless it is open', async () => {
    expect(await each(routes.filter((r) => !r.open && !('command' in r && r.command.open)), async (r) => {
      const { status } = await studio.nobody.send(r.method.toUpperCase(), fill(r.path, sample), r.method === 'get' ? undefined : {});
      return status === 401 ? null : `answered ${status}`;
    })).toEqual([]);
  });

  it('refuses a token that is none', async () => {
    expect(await each(routes.filter((r) => !r.open && !('command' in r && r.command.open)), async (r) => {
      const { status } = await studio.nobody.send(r.method.toUpperCase(), fill(r.path, sample), r.method === 'get' ? undefined : {}, { authorization: 'Bearer a.b.c' });
      return status === 422 ? null : `answered ${status}`;
    })).toEqual([]);
  });

  it('answers malformed ids with a 4xx and the documented body', async () => {
    const withIds = routes.filter((r) => /\{[a-z_]*id\}/.test(r.path) && !disturbing.has(name(r)));
    expect(await each(withIds, async (r) => {
      const reply = await admin.send(r.method.toUpperCase(), r.path.replace(/\{[a-z_]+\}/g, "not-an-id'"), r.method === 'get' ? undefined : {});
      return reply.status >= 400 && reply.status < 500 && typeof reply.body?.message === 'string' ? null : `answered ${reply.status} ${JSON.stringify(reply.body).slice(0, 80)}`;
    })).toEqual([]);
  });

  it('answers unknown ids without a 5xx', async () => {
    const withIds = routes.filter((r) => /\{[a-z_]*id\}/.test(r.path) && !disturbing.has(name(r)));
    expect(await each(withIds, async (r) => {
      const reply = await admin.send(r.method.toUpperCase(), r.path.replace(/\{[a-z_]+\}/g, '11111111-2222-4333-8444-555555555555'), r.method === 'get' ? undefined : {});
      return reply.status < 500 ? null : `answered ${reply.status}`;
    })).toEqual([]);
  });

  it('survives senseless query strings', async () => {
    const reads = routes.filter((r) => r.method === 'get' && 'ask' in r);
    expect(await each(reads, async (r) => {
      for (const query of ['page=x', 'limit=-1&page=1', 'project_id=oops', 'name=%00', 'id=[oops', 'relations=maybe&fields=;drop', 'page=99999999999', "name='%22%3B--", 'start_date=never&end_date=2026-13-45', 'created_at=x']) {
        const reply = await admin.get(`${fill(r.path, sample)}?${query}`);
        if (reply.status >= 500) return `answered ${reply.status} to ?${query}`;
      }
      return null;
    })).toEqual([]);
  });

  it('survives senseless bodies, and changes nothing that shows', async () => {
    const writes = routes.filter((r) => ['post', 'put'].includes(r.method) && 'command' in r && !r.path.startsWith('/auth/'));
    const bodies: unknown[] = [[], 'text', 7, null, { name: { a: 1 }, project_id: 'x', task_ids: 'x', person_id: 5, data: 'x', shots: 7, color: {} }, { name: 'a\u0000b' }, { name: 'x'.repeat(5_000), email: [] }];
    expect(await each(writes, async (r) => {
      for (const body of bodies) {
        const reply = await people.get('user')!.send(r.method.toUpperCase(), fill(r.path, sample), body);
        if (reply.status >= 500) return `answered ${reply.status} to ${JSON.stringify(body).slice(0, 60)} of a user`;
      }
      return null;
    })).toEqual([]);
  });

  it('shows the production to the admin, on many routes: what the next checks look for can be seen', async () => {
    const shown: string[] = [];
    await each(routes.filter((r) => r.method === 'get' && !disturbing.has(name(r))), async (r) => {
      const reply = await admin.get(`${fill(r.path, sample)}?project_id=${sample.project_id}`);
      if (reply.status < 400 && JSON.stringify(reply.body).includes(MARK)) shown.push(name(r));
      return null;
    });
    expect(shown.length).toBeGreaterThan(60);
  });

  for (const role of ROLES) {
    it(`shows nothing of a production to a ${role} who is not on its team`, async () => {
      const reads = routes.filter((r) => r.method === 'get' && !disturbing.has(name(r)));
      expect(await each(reads, async (r) => {
        for (const query of ['', `?project_id=${sample.project_id}`]) {
          const reply = await people.get(role)!.get(fill(r.path, sample) + query);
          if (reply.status >= 500) return `answered ${reply.status}`;
          if (reply.status < 400 && JSON.stringify(reply.body).includes(MARK)) return `shows it${query}`;
        }
        return null;
      })).toEqual([]);
    });

    it(`lets a ${role} who is not on its team change nothing of a production`, async () => {
      const writes = routes.filter((r) => r.method !== 'get' && /\{(project|shot|asset|sequence|episode|scene|edit|concept|entity|task|playlist|budget)_id\}/.test(r.path) && !/\/user\//.test(r.path));
      expect(await each(writes, async (r) => {
        const reply = await people.get(role)!.send(r.method.toUpperCase(), fill(r.path, sample), {});
        return reply.status >= 400 && reply.status < 500 ? null : `answered ${reply.status}`;
      })).toEqual([]);
    });
  }
});
