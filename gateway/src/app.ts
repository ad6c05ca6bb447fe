import { Hono, type Context as HonoContext } from 'hono';
import type { Logger } from 'pino';
import { DomainError, isForm, nameOf, newId, type Request, type Route } from '@shotlog/kernel';
import { tokenOf, type Tokens } from '@shotlog/kernel/tokens';
import type { Port } from '@shotlog/kernel/serve';
import type { Commands } from './commands.ts';
import { commandResponse, defaultInput, errorResponse, json, readBody, splitCookies } from './http.ts';
import { Metrics } from './metrics.ts';
import { pathPattern, type PathPattern } from './paths.ts';
import type { Positions } from './positions.ts';
import { SignInLimit } from './rate-limit.ts';

export type Mounted = { route: Route; service: string };

export type GatewayParts = {
  routes: Mounted[];
  port: (service: string) => Port;
  commands: Commands;
  /** Checks tokens before anything of a request is looked at; services check them again. */
  tokens: Pick<Tokens, 'verify'>;
  logger: Logger;
  positions: Positions;
  /** Origins that browsers may call from; none by default. */
  origins: string[];
  /** Routes that the gateway answers itself (`/`, `/status`, `/openapi.json` …), by the path below `/api`. */
  own: (app: Hono, metrics: Metrics) => void;
};

const MAX_WAIT_HEADER = 'x-log-behind';

/** The gateway: the documented REST API below `/api`, each route by its service's declaration. */
export const openGateway = (parts: GatewayParts): Hono => {
  const metrics = new Metrics();
  const { positions } = parts;
  const limit = new SignInLimit();
  const api = new Hono({ strict: false }).basePath('/api');
  const patterns: { pattern: PathPattern; methods: Set<string> }[] = [];

  api.use(async (c, next) => {
    const started = performance.now();
    await next();
    metrics.observe(c.req.method, c.res.status, performance.now() - started);
    c.res.headers.set('x-request-id', c.req.header('x-request-id')?.slice(0, 80) ?? newId());
    c.res.headers.set('x-content-type-options', 'nosniff');
    const origin = c.req.header('origin');
    if (origin && parts.origins.includes(origin)) {
      c.res.headers.set('access-control-allow-origin', origin);
      c.res.headers.set('access-control-allow-credentials', 'true');
      c.res.headers.append('vary', 'origin');
    }
  });
  if (parts.origins.length > 0) api.options('*', (c) => preflight(c, parts.origins));

  parts.own(api, metrics);
  const known = [...parts.routes].map((m) => ({ ...m, pattern: pathPattern(m.route.path) })).sort((a, b) => (a.pattern.rank < b.pattern.rank ? -1 : a.pattern.rank > b.pattern.rank ? 1 : 0));
  for (const { route, service, pattern } of known) {
    patterns.push({ pattern, methods: new Set([route.method.toUpperCase()]) });
    api.on(route.method.toUpperCase(), pattern.hono, async (c) => {
      const path = pathOf(c);
      const params = pattern.params(path) ?? {};
      try {
        return 'command' in route && !(route.form && isForm(c.req.raw.headers))
          ? await answerCommand(parts, positions, limit, route, params, c)
          : await answerQuery(parts, positions, service, route, params, c);
      } catch (error) {
        if (error instanceof DomainError) return errorResponse(error);
        parts.logger.error({ err: error, route: nameOf(route) }, 'a request failed');
        return json(500, { error: true, message: 'Something went wrong here; it was noted.' });
      }
    });
  }
  api.notFound((c) => {
    const path = pathOf(c);
    const methods = patterns.filter(({ pattern }) => pattern.params(path) !== null).flatMap((p) => [...p.methods]);
    return methods.length > 0 ? json(405, { error: true, message: `${c.req.method} is not a method of this address.` }, { allow: [...new Set(methods)].join(', ') }) : json(404, { error: true, message: 'There is nothing at this address.' });
  });
  api.onError((error) => {
    if (error instanceof DomainError) return errorResponse(error);
    parts.logger.error({ err: error }, 'a request failed');
    return json(500, { error: true, message: 'Something went wrong here; it was noted.' });
  });
  return api;
};

const preflight = (c: HonoContext, origins: string[]): Response => {
  const origin = c.req.header('origin') ?? '';
  return new Response(null, { status: 204, headers: origins.includes(origin) ? {
    'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', 'access-control-allow-methods': 'GET, POST, PUT, DELETE',
    'access-control-allow-headers': c.req.header('access-control-request-headers') ?? 'authorization, content-type', 'access-control-max-age': '600' } : {} });
};

/** The path below `/api`, still encoded. */
const pathOf = (c: HonoContext): string => {
  const path = c.req.path.startsWith('/api') ? c.req.path.slice(4) : c.req.path;
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path || '/';
};

const addressOf = (c: HonoContext): string =>
  (c.env as { incoming?: { socket?: { remoteAddress?: string } } })?.incoming?.socket?.remoteAddress ?? 'unknown';

const answerCommand = async (parts: GatewayParts, positions: Positions, limit: SignInLimit, route: Extract<Route, { command: unknown }>, params: Record<string, string>, c: HonoContext): Promise<Response> => {
  const token = tokenOf(c.req.raw.headers, route.path === '/auth/refresh-token' ? 'refresh_token_cookie' : 'access_token_cookie');
  const request: Request = { method: route.method, params, search: new URL(c.req.url).searchParams, headers: c.req.raw.headers, body: undefined, address: addressOf(c), stream: null };
  if (!route.open && !route.command.open) await parts.tokens.verify(token);
  request.body = await readBody(c.req.raw);
  const input = (route.input ?? defaultInput)(request);
  const signIn = route.path === '/auth/login';
  const email = signIn ? String((input as { email?: unknown })?.email ?? '').toLowerCase() : '';
  if (signIn) limit.check(addressOf(c), email);
  try {
    const { answer, position } = await parts.commands.send(route.command.subject, {
      token, input, idempotency_key: c.req.header('idempotency-key') ?? null, correlation_id: c.req.header('x-request-id') ?? newId(),
      after: positions.wanted(c.req.raw.headers)?.toString() ?? null });
    positions.note(position);
    const response = commandResponse(route, answer, request);
    if (position) {
      response.headers.set('x-log-position', position);
      if (c.req.header('cookie')) response.headers.append('set-cookie', `log_position=${position}; Path=/api; HttpOnly; SameSite=Lax; Max-Age=60`);
    }
    return response;
  } catch (error) {
    // Being asked for the second proof is no failure: the password was right.
    if (signIn && error instanceof DomainError && error.status >= 400 && error.status < 500 && !error.extra.missing_OTP) limit.failed(addressOf(c), email);
    throw error;
  }
};

const answerQuery = async (parts: GatewayParts, positions: Positions, service: string, route: Route, params: Record<string, string>, c: HonoContext): Promise<Response> => {
  const url = c.req.url;
  const mark = url.indexOf('?');
  const answer = await parts.port(service).ask({
    route: nameOf(route), params, search: mark < 0 ? '' : url.slice(mark + 1), token: tokenOf(c.req.raw.headers), headers: c.req.raw.headers,
    body: route.method === 'get' ? null : c.req.raw.body, after: positions.wanted(c.req.raw.headers),
  });
  positions.note(answer.headers['x-log-position']);
  if (answer.headers[MAX_WAIT_HEADER]) parts.logger.warn({ route: nameOf(route) }, 'answered before the read model had caught up');
  return new Response(answer.body as BodyInit | null, { status: answer.status, headers: answer.headers['set-cookie'] ? splitCookies(answer.headers) : answer.headers });
};
