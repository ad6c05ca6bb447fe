import { DomainError, Reply, type Request, type Route } from '@shotlog/kernel';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

export const errorResponse = (error: DomainError): Response => json(error.status, error.body());

/**
 * The body of a command: JSON, or a form (as browsers and old scripts send). What is no JSON at all counts as nothing where a body is
 * not needed, as clients that send none with a content type expect.
 * @throws DomainError 413 for a body over 4 MiB, 400 for one that is not JSON.
 */
export const readBody = async (request: globalThis.Request): Promise<unknown> => {
  if (request.body === null) return undefined;
  const kind = request.headers.get('content-type') ?? '';
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  const text = Buffer.concat(chunks).toString('utf8');
  if (kind.includes('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError('Invalid', 'The body is not JSON.');
  }
};

const tooLarge = () => new DomainError('Invalid', 'The body is larger than 4 MiB.', { status: 413 });

/** By default a command is the path's parameters and the body together; the path wins. */
export const defaultInput = (request: Request): unknown =>
  ({ ...(typeof request.body === 'object' && request.body !== null && !Array.isArray(request.body) ? request.body : {}), ...request.params });

/** The response of a command's answer, as its route says. */
export const commandResponse = (r: Extract<Route, { status: number }>, answer: unknown, request: Request): Response => {
  const shaped = 'reply' in r && r.reply ? r.reply(answer, request) : answer;
  if (shaped instanceof Reply) return new Response(shaped.body as BodyInit | null, { status: shaped.status, headers: splitCookies(shaped.headers) });
  if (r.status === 204) return new Response(null, { status: 204, headers: { 'content-type': 'text/html; charset=utf-8' } });
  return json(r.status, shaped ?? null);
};

/** A reply holds each header once; several cookies are joined by line feeds. */
export const splitCookies = (given: Record<string, string>): Headers => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (name.toLowerCase() === 'set-cookie') for (const cookie of value.split('\n')) headers.append('set-cookie', cookie);
    else headers.set(name, value);
  }
  return headers;
};
