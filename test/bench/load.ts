import { execFile, execFileSync } from 'node:child_process';
import { Agent, request } from 'node:http';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One server under test: where its API is, and a token of its admin. */
export type Server = { name: string; base: string; token: string };

export type Measured = { per_s: number; p50_ms: number; p99_ms: number; errors: number };

const wrk = (() => {
  try {
    return execFileSync('which', ['wrk']).toString().trim();
  } catch {
    return null;
  }
})();

/** What generates the load of reads, for the report. */
export const generator = wrk ? 'wrk' : 'autocannon';

const milliseconds = (text: string): number => Number.parseFloat(text) * (text.endsWith('us') ? 0.001 : text.endsWith('ms') ? 1 : 1_000);

/** Reads one address for `seconds` over so many connections, as browsers do: packed answers taken, no conditional requests; `range`, of a player, `bytes=0-65535`. */
export const measureRead = async (server: Server, path: string, connections: number, seconds: number, range?: string): Promise<Measured> => {
  const url = server.base + path;
  if (wrk) {
    const { stdout } = await run(wrk, ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '60s', '--latency', '-H', `Authorization: Bearer ${server.token}`, '-H', 'Accept-Encoding: gzip', ...(range ? ['-H', `Range: ${range}`] : []), url], { maxBuffer: 1e7 });
    const latency = (mark: string) => milliseconds(new RegExp(`${mark}%\\s+([\\d.]+(?:us|ms|s))`).exec(stdout)?.[1] ?? '0ms');
    return { per_s: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)![1]), p50_ms: latency('50'), p99_ms: latency('99'), errors: Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0) };
  }
  const { default: autocannon } = await import('autocannon' as string);
  const result = await autocannon({ url, connections, duration: seconds, headers: { authorization: `Bearer ${server.token}`, 'accept-encoding': 'gzip', ...(range ? { range } : {}) } });
  return { per_s: result.requests.average, p50_ms: result.latency.p50, p99_ms: result.latency.p99, errors: result.non2xx };
};

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One request; answers status and body. */
export const send = (server: Server, method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> => new Promise((resolve, reject) => {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const sent = request(server.base + path, { method, agent, headers: { authorization: `Bearer ${server.token}`, ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }) } }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk) => chunks.push(chunk));
    response.on('end', () => {
      const answer = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode!, body: answer.startsWith('{') || answer.startsWith('[') ? JSON.parse(answer) : answer });
    });
  });
  // A server may close a connection in the moment that it is used again: the request never arrived.
  sent.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' && sent.reusedSocket ? resolve(send(server, method, path, body)) : reject(error)));
  sent.end(text);
});

/** The same, whose answer must be good. */
export const must = async (server: Server, method: string, path: string, body?: unknown): Promise<any> => {
  const answer = await send(server, method, path, body);
  if (answer.status >= 400) throw new Error(`${server.name}: ${method} ${path} answered ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`);
  return answer.body;
};

/** Writes for `seconds` from so many clients, each waiting for its answer; `write` makes the n-th request. */
export const measureWrite = async (server: Server, clients: number, seconds: number, write: (n: number) => [method: string, path: string, body: unknown]): Promise<Measured> => {
  const took: number[] = [];
  let errors = 0;
  let n = 0;
  const start = performance.now();
  const client = async () => {
    while (performance.now() - start < seconds * 1_000) {
      const before = performance.now();
      const { status } = await send(server, ...write(n++));
      took.push(performance.now() - before);
      if (status >= 400) errors += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const total_s = (performance.now() - start) / 1_000;
  took.sort((a, b) => a - b);
  return { per_s: took.length / total_s, p50_ms: took[Math.floor(took.length * 0.5)] ?? 0, p99_ms: took[Math.floor(took.length * 0.99)] ?? 0, errors };
};
