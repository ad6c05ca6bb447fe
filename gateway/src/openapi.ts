import { z } from 'zod';
import { Media, type AnswerDoc, type Route } from '@shotlog/kernel';
import { openSchemas, type Json, type Schemas } from './openapi-schemas.ts';
import { ownDocs } from './own-docs.ts';

const Problem = z.looseObject({ error: z.boolean(), message: z.string() }).meta({ id: 'Error', description: 'What was wrong, in `message`. Some errors say more in `data`, or in keys of their own.' });

const PROBLEMS: Record<number, string> = {
  400: 'The request is not valid; nothing was changed.', 401: 'No token, or one that no longer counts.', 403: 'You may not do this.', 404: 'There is no such thing.',
  409: 'Others changed the same thing at the same time; try again.', 413: 'The body is larger than what is taken here.', 416: 'The range lies outside the file.',
  422: 'Not a token of this server, or of the wrong kind; or an Idempotency-Key that was used for something else.', 429: 'Tried too often; wait.', 503: 'A part does not answer now; try again.',
};

const problemsOf = (route: Route, ranges: boolean): number[] => [
  400, ...(route.open ? [] : [401]), 403, 404, ...(route.method === 'get' && !('command' in route) ? [] : [409, 413]), ...(ranges ? [416] : []), 422,
  ...(route.path === '/auth/login' || route.path.startsWith('/shared/playlists/') ? [429] : []), 503,
];

/** What is sent for a parameter of the path, by its name. */
const ofPath = (name: string): Json => (name === 'instance_id' || name.endsWith('_id') ? { type: 'string', format: 'uuid' } : { type: 'string', minLength: 1 });

const parametersOf = (route: Route, schemas: Schemas): Json[] => [
  ...[...route.path.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => ({
    name, in: 'path', required: true, schema: route.params?.[name!] ? schemas.body(route.params[name!]!) : ofPath(name!) })),
  ...Object.entries(route.query ?? {}).map(([name, given]) => ({
    name, in: 'query', required: false, ...(typeof given === 'string' ? { description: given, schema: { type: 'string' } } : given) })),
];

/** A command's own schema where the body is the command: what the path gives is not asked for once more. */
const bodyOf = (route: Route): z.ZodType | null => {
  if (route.body) return route.body;
  if (!('command' in route) || route.input || !['post', 'put'].includes(route.method)) return null;
  const schema = route.command.schema as z.ZodType;
  if (!(schema instanceof z.ZodObject)) return schema;
  const given = [...route.path.matchAll(/\{([a-z_]+)\}/g)].map((m) => m[1]!);
  const own = Object.entries(schema.shape).filter(([name]) => !given.includes(name));
  return own.length === 0 ? null : z.object(Object.fromEntries(own) as z.ZodRawShape);
};

const requestOf = (route: Route, schemas: Schemas): Json => {
  const body = bodyOf(route);
  if (!body && !route.upload) return {};
  const needed = body !== null && !body.safeParse(undefined).success && !body.safeParse({}).success && !route.upload;
  return { requestBody: { required: needed, content: {
    ...(body ? { 'application/json': { schema: schemas.body(body) } } : {}),
    ...(route.upload ? { 'multipart/form-data': { schema: schemas.body(route.upload) } } : {}),
  } } };
};

const answerDoc = (status: string, answer: AnswerDoc, schemas: Schemas): Json => {
  const description = status === '204' ? 'Done; no body.' : status === '206' ? 'The part that was asked for.' : status.startsWith('3') ? 'Look elsewhere.' : 'Done.';
  if (answer === null) return { description };
  if (answer instanceof Media) return { description, content: Object.fromEntries(answer.types.map((type) => [type, {}])) };
  return { description, content: { 'application/json': { schema: schemas.answer(answer) } } };
};

const idOf = (route: Route): string => `${route.method}${route.path.replace(/[^a-z0-9-]+/gi, '_')}`;

const operation = (route: Route, schemas: Schemas): Json => {
  const answers = route.answers ?? { ['status' in route ? route.status : 200]: null };
  const ranges = 206 in answers;
  return {
    summary: route.summary, description: [route.description, route.access.words].filter(Boolean).join('\n\n'), operationId: idOf(route),
    tags: [route.tag ?? route.path.split('/')[2] ?? 'api'], parameters: parametersOf(route, schemas),
    ...requestOf(route, schemas),
    ...(route.open ? { security: [] } : {}),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerDoc(status, answer, schemas)])),
      ...('ask' in route ? { 304: { description: 'What you have is still right (`If-None-Match`).' } } : {}),
      ...Object.fromEntries(problemsOf(route, ranges).map((status) => [status, { $ref: `#/components/responses/${status}` }])),
    },
  };
};

/**
 * From what makes a thing to what is asked of it by its id: `POST /data/shots` leads to `GET /data/shots/{shot_id}`. Other parameters of
 * the path are those of the making.
 */
const linksOf = (made: Route, routes: Route[]): Json => Object.fromEntries(routes.filter((r) => r.path.startsWith(`${made.path}/{`) && /^\{[a-z_]+_id\}$/.test(r.path.slice(made.path.length + 1)))
  .map((r) => {
    const name = r.path.slice(made.path.length + 2, -1);
    const others = [...made.path.matchAll(/\{([a-z_]+)\}/g)].map(([, other]) => [`path.${other}`, `$request.path.${other}`]);
    return [`${r.method}_${name}`, { operationId: idOf(r), parameters: { ...Object.fromEntries(others), [`path.${name}`]: '$response.body#/id' } }];
  }));

/** The OpenAPI 3.1 document of the routes that work, made of their declarations. */
export const openApi = (routes: Route[], version: string): Json => {
  const schemas = openSchemas();
  const responses = Object.fromEntries(Object.entries(PROBLEMS).map(([status, description]) => [status, { description, content: { 'application/json': { schema: schemas.answer(Problem) } } }]));
  const paths: Record<string, Json> = {};
  for (const route of [...ownDocs, ...routes]) {
    if (route.path.startsWith('/internal/')) continue;
    const described = operation(route, schemas);
    const links = route.method === 'post' && described.responses[201] ? linksOf(route, routes) : {};
    if (Object.keys(links).length > 0) described.responses[201].links = links;
    (paths[`/api${route.path}`] ??= {})[route.method] = described;
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Shotlog', version, description: 'A production tracker that speaks the Kitsu API and keeps everything that ever happened.', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } }, responses, schemas: schemas.components },
    security: [{ bearer: [] }],
    paths,
  };
};
