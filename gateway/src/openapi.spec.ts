import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { f, media, newBodySchema, shown, to, type Route } from '@shotlog/kernel';
import { openApi } from './openapi.ts';
import { openSchemas } from './openapi-schemas.ts';
import { definitions } from './routes.ts';

const routes = definitions.flatMap((d) => d.routes);
const document = openApi(routes, '1.0.0');
const operations = Object.entries(document.paths as Record<string, Record<string, any>>).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, operation })));

const references = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, v]) => (key === '$ref' && typeof v === 'string' ? [v] : references(v)));
};

describe('the document', () => {
  it('says of every operation what its success holds', () => {
    const silent = operations.filter(({ operation }) => Object.entries(operation.responses as Record<string, any>)
      .some(([status, response]) => status < '300' && status !== '204' && !('content' in response)));
    expect(silent.map((o) => o.name)).toEqual([]);
  });

  it('says more of an answer than that it is JSON', () => {
    const empty = operations.filter(({ operation }) => Object.entries(operation.responses as Record<string, any>)
      .some(([status, response]) => status < '300' && JSON.stringify(response.content?.['application/json']?.schema) === '{}'));
    expect(empty.map((o) => o.name)).toEqual([]);
  });

  it('names every operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it('names the parameters of every path, and no other', () => {
    const wrong = operations.filter(({ path, operation }) => {
      const inPath = operation.parameters.filter((p: any) => p.in === 'path').map((p: any) => p.name);
      return JSON.stringify(inPath) !== JSON.stringify([...path.matchAll(/\{([a-z_]+)\}/g)].map((m) => m[1]));
    });
    expect(wrong.map((o) => o.name)).toEqual([]);
  });

  it('asks for a body where the route takes one', () => {
    const takes = new Set(routes.filter((r) => (r.body || r.upload) && !r.path.startsWith('/internal/')).map((r) => `${r.method.toUpperCase()} /api${r.path}`));
    expect(operations.filter((o) => takes.has(o.name) && !o.operation.requestBody).map((o) => o.name)).toEqual([]);
  });

  it('refers only to what it holds', () => {
    const missing = references(document).filter((ref) => !ref.slice(2).split('/').reduce<any>((at, key) => at?.[key], document));
    expect(missing).toEqual([]);
  });

  it('keeps what is internal to itself', () => expect(operations.filter((o) => o.path.includes('/internal/'))).toEqual([]));
});

const rights = { access: to.managers, policy: () => {} };
const one = (route: Partial<Route>) => (openApi([{ method: 'get', path: '/data/things/{thing_id}', summary: 'Get a thing', ...rights, ask: () => null, ...route } as Route], '1').paths as any)['/api/data/things/{thing_id}'];

describe('the document of a route', () => {
  it('takes the body of a command without what the path gives', () => {
    const { requestBody } = one({ method: 'post', status: 201, ask: undefined, command: { schema: z.object({ thing_id: z.string(), size: z.int() }) } } as any).post;
    expect(Object.keys(requestBody.content['application/json'].schema.properties)).toEqual(['size']);
    expect(requestBody.required).toBe(true);
  });

  it('says whom it is for', () => {
    expect(one({ description: 'All of it.' }).get.description).toBe('All of it.\n\nFor admin, manager.');
    expect(one({ access: to.team.but({ vendor: 'filtered' }) }).get.description).toMatch(/vendor \(only what is theirs/);
  });

  it('leads from what makes a thing to what is asked of it', () => {
    const made = { method: 'post', path: '/data/films/{film_id}/things', summary: 'Make a thing', ...rights, status: 201, answers: { 201: z.object({ id: z.guid() }) }, command: { schema: z.object({}) } };
    const asked = { method: 'get', path: '/data/films/{film_id}/things/{thing_id}', summary: 'Get a thing', ...rights, ask: () => null };
    const { links } = openApi([made, asked] as unknown as Route[], '1').paths['/api/data/films/{film_id}/things'].post.responses[201];
    expect(Object.values(links)).toEqual([{ operationId: 'get_data_films_film_id_things_thing_id_', parameters: { 'path.film_id': '$request.path.film_id', 'path.thing_id': '$response.body#/id' } }]);
  });

  it('shows bytes by their media type', () => expect(one({ answers: { 200: media('image/png') } }).get.responses['200'].content).toEqual({ 'image/png': {} }));

  it('shows a text that is no id as a text', () => {
    expect(one({ params: { thing_id: z.enum(['all', 'main']) } }).get.parameters[0].schema.enum).toEqual(['all', 'main']);
    expect(one({}).get.parameters[0].schema).toEqual({ type: 'string', format: 'uuid' });
  });
});

describe('schemas of the document', () => {
  it('show the fields of a body, though their checks are functions', () => {
    const schema = openSchemas().body(newBodySchema({ name: f.string(80, { required: true }), due: f.date(), owner: f.uuid() }));
    expect(schema).toMatchObject({ required: ['name'], properties: { name: { type: 'string', maxLength: 80 }, due: { type: ['string', 'null'], format: 'date' }, owner: { format: 'uuid' } } });
  });

  it('stand once among the components', () => {
    const schemas = openSchemas();
    const Thing = shown('SpecThing', { name: f.text(), secret: f.text({ hidden: true }) });
    expect([schemas.answer(Thing), schemas.answer(z.array(Thing))]).toEqual([{ $ref: '#/components/schemas/SpecThing' }, { type: 'array', items: { $ref: '#/components/schemas/SpecThing' } }]);
    expect(Object.keys(schemas.components.SpecThing.properties)).toEqual(['name', 'type']);
  });

  it('refuse two things of one name', () => {
    const schemas = openSchemas();
    const named = (schema: z.ZodType) => schemas.answer(z.array(schema));
    named(z.object({ a: z.string() }).meta({ id: 'SpecTwice' }));
    expect(() => named(z.object({ b: z.string() }).meta({ id: 'SpecTwice' }))).toThrow(/SpecTwice/);
  });
});
