import type { Answer, Ask, Port } from './serve.ts';

/** A service in another process: the same question over HTTP. Answers stream through. */
export const remotePort = (base: string): Port => ({
  async ask(ask: Ask): Promise<Answer> {
    const headers = new Headers(ask.headers);
    headers.delete('host');
    headers.delete('connection');
    headers.delete('content-length');
    headers.set('x-shotlog-route', ask.route);
    headers.set('x-shotlog-params', encodeURIComponent(JSON.stringify(ask.params)));
    if (ask.token) headers.set('authorization', `Bearer ${ask.token}`);
    if (ask.after !== null) headers.set('x-shotlog-after', String(ask.after));
    if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'identity');
    try {
      const response = await rawFetch(`${base}/ask?${ask.search}`, headers, ask.body);
      return response;
    } catch (error) {
      return { status: 503, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: true, message: `A part of Shotlog does not answer (${(error as Error).message}). Try again.` }) };
    }
  },
});

/** `fetch` would unpack what the service has packed for the client; node's own client leaves it as it is. */
const rawFetch = async (url: string, headers: Headers, body: ReadableStream<Uint8Array> | null): Promise<Answer> => {
  const { request } = await import('node:http');
  const { Readable } = await import('node:stream');
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: Object.fromEntries(headers) }, (response) => {
      const kept: Record<string, string> = {};
      for (const [name, value] of Object.entries(response.headers)) {
        if (value === undefined || ['connection', 'keep-alive', 'transfer-encoding', 'date'].includes(name)) continue;
        kept[name] = Array.isArray(value) ? value.join(name === 'set-cookie' ? '\n' : ', ') : value;
      }
      const status = response.statusCode ?? 502;
      const empty = status === 204 || status === 304;
      if (empty) response.resume();
      resolve({ status, headers: kept, body: empty ? null : (Readable.toWeb(response) as ReadableStream<Uint8Array>) });
    });
    sent.on('error', reject);
    if (body) Readable.fromWeb(body as any).on('error', reject).pipe(sent);
    else sent.end();
  });
};
