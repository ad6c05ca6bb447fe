import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { type BrokerOptions, natsConformance, type StartedBroker } from './conformance.ts';

const isInstalled = spawnSync('nats-server', ['--version']).status === 0;

/** The configuration file's syntax takes JSON values. */
const configuration = ({ token, users, maxPayloadBytes, maxPendingBytes, pingIntervalMs, maxPingsOut }: BrokerOptions): string => {
  // Ten seconds otherwise until a consumer counts as slow.
  const lines = ['write_deadline: "1s"'];
  if (token !== undefined) lines.push(`authorization { token: ${JSON.stringify(token)} }`);
  if (users !== undefined) {
    const listed = users.map(({ user, password, publish, subscribe }) => ({
      user, password, ...(publish || subscribe ? { permissions: { publish, subscribe } } : {}),
    }));
    lines.push(`authorization { users: ${JSON.stringify(listed)} }`);
  }
  if (maxPayloadBytes !== undefined) lines.push(`max_payload: ${maxPayloadBytes}`);
  if (maxPendingBytes !== undefined) lines.push(`max_pending: ${maxPendingBytes}`);
  if (pingIntervalMs !== undefined) lines.push(`ping_interval: "${pingIntervalMs}ms"`);
  if (maxPingsOut !== undefined) lines.push(`ping_max: ${maxPingsOut}`);
  return lines.join('\n');
};

const startReal = async (options: BrokerOptions = {}): Promise<StartedBroker> => {
  const folder = await mkdtemp(join(tmpdir(), 'nats-server-'));
  const file = join(folder, 'nats.conf');
  await writeFile(file, configuration(options));
  const server = spawn('nats-server', ['-c', file, '-a', '127.0.0.1', '-p', '-1', '--ports_file_dir', folder], { stdio: 'ignore' });
  const exited = once(server, 'exit');
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true });
  };
  for (;;) {
    if (server.exitCode !== null) throw new Error(`nats-server ended with ${server.exitCode}: ${configuration(options)}`);
    const ports = (await readdir(folder)).find((name) => name.endsWith('.ports'));
    const text = ports === undefined ? '' : await readFile(join(folder, ports), 'utf8');
    if (text.trimEnd().endsWith('}')) return { url: (JSON.parse(text) as { nats: string[] }).nats[0]!, stop };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

describe('a real nats-server', () => {
  if (isInstalled) {
    natsConformance(startReal);
  } else {
    it('passes the suite of the embedded broker', (context) => {
      context.skip('nats-server is not on PATH (Debian: apt-get install nats-server)');
    });
  }
});
