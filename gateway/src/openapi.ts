import { z } from 'zod';
import type { Route } from '@shotlog/kernel';

type Json = Record<string, any>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  try {
    const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as Json;
    return json;
  } catch {
    return {};
  }
};

const ERROR = { type: 'object', properties: { error: { type: 'boolean' }, message: { type: 'string' } } };
const problem = (description: string) => ({ description, content: { 'application/json': { schema: ERROR } } });

const operation = (route: Route): Json => {
  const names = [...route.path.matchAll(/\{([a-z_]+)\}/g)].map((m) => m[1]!);
  const parameters = [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...Object.entries(route.query ?? {}).map(([name, description]) => ({ name, in: 'query', required: false, description, schema: { type: 'string' } })),
  ];
  const body = route.body ?? ('command' in route && ['post', 'put'].includes(route.method) ? (route.command.schema as z.ZodType) : undefined);
  const status = 'status' in route ? route.status : 200;
  const answers = route.answers ?? { [status]: null };
  const responses = Object.fromEntries(Object.entries(answers).map(([code, schema]) => [code, {
    description: code === '204' ? 'Done; no body.' : 'Done.', ...(schema ? { content: { 'application/json': { schema: schemaOf(schema, 'output') } } } : {}),
  }]));
  return {
    summary: route.summary, ...(route.description ? { description: route.description } : {}), operationId: `${route.method}${route.path.replace(/[^a-z0-9]+/gi, '_')}`,
    tags: [route.tag ?? route.path.split('/')[2] ?? 'api'], parameters,
    ...(body ? { requestBody: { required: false, content: { 'application/json': { schema: schemaOf(body, 'input') } } } } : {}),
    ...(route.open ? { security: [] } : {}),
    responses: { ...responses, 400: problem('The request is not valid; nothing was changed.'), ...(route.open ? {} : { 401: problem('No token, or one that no longer counts.'),
      403: problem('You may not do this.'), 422: problem('Not a token of this server, or of the wrong kind.') }), 404: problem('There is no such thing.'), 409: problem('Others changed the same thing at the same time; try again.') },
  };
};

/** The OpenAPI 3.1 document of the routes that work, made of their declarations. */
export const openApi = (routes: Route[], version: string): Json => {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    if (route.path.startsWith('/internal/')) continue;
    (paths[`/api${route.path}`] ??= {})[route.method] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Shotlog', version, description: 'A production tracker that speaks the Kitsu API and keeps everything that ever happened.', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    security: [{ bearer: [] }],
    paths,
  };
};
