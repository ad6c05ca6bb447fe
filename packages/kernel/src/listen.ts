import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { tokenOf } from './tokens.ts';
import type { Port } from './serve.ts';

/** Serves a service's port over HTTP, for a gateway in another process. Only inside the cluster: tokens are checked all the same. */
export const listenForAsks = async (port: Port, status: () => Promise<unknown>, at: { port: number; host: string }): Promise<{ port: number; close(): Promise<void> }> => {
  const server = createServer(async (request, response) => {
    try {
      if (request.url === '/health') return void response.writeHead(200).end('ok');
      const headers = new Headers();
      for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value);
      const route = headers.get('x-shotlog-route') ?? '';
      if (route === 'GET /internal/status') return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await status()));
      const after = headers.get('x-shotlog-after');
      const answer = await port.ask({
        route, params: JSON.parse(decodeURIComponent(headers.get('x-shotlog-params') ?? '%7B%7D')), search: request.url?.split('?').slice(1).join('?') ?? '',
        token: tokenOf(headers), headers, body: Readable.toWeb(request) as ReadableStream<Uint8Array>, after: after === null ? null : BigInt(after),
      });
      response.writeHead(answer.status, withCookies(answer.headers));
      if (answer.body instanceof ReadableStream) Readable.fromWeb(answer.body as unknown as NodeStream).on('error', () => response.destroy()).pipe(response);
      else response.end(answer.body ?? undefined);
    } catch {
      if (!response.headersSent) response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: true, message: 'This is no question of a gateway.' }));
    }
  });
  server.requestTimeout = 3_600_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
};

const withCookies = (headers: Record<string, string>): Record<string, string | string[]> =>
  ('set-cookie' in headers ? { ...headers, 'set-cookie': headers['set-cookie']!.split('\n') } : headers);
