import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { readConfig } from '@shotlog/kernel/config';
import { startAll, type Running } from '@shotlog/shotlog/all';
import { mainJob } from '../main-job.ts';
import { ADMIN, Client } from '../studio.ts';

const run = promisify(execFile);
const reason = await run('docker', ['info', '--format', '{{.ServerVersion}}']).then(() => null, () => 'no Docker engine answers here');
const SECRET = 'a-secret-of-the-containers-suite-0123456789';

/** The main job against the servers that a cluster has: EventStoreDB, NATS with JetStream, PostgreSQL, MinIO. */
describe('on real servers in containers', () => {
  const started: StartedTestContainer[] = [];
  let running: Running | undefined;
  let base = '';
  let natsUrl = '';

  const container = async (image: string, port: number, make: (c: GenericContainer) => GenericContainer): Promise<string> => {
    const one = await make(new GenericContainer(image).withExposedPorts(port)).start();
    started.push(one);
    return `${one.getHost()}:${one.getMappedPort(port)}`;
  };

  beforeAll(async () => {
    if (reason) return;
    const [postgres, log, nats, minio] = await Promise.all([
      container('postgres:18', 5432, (c) => c.withEnvironment({ POSTGRES_PASSWORD: 'shotlog', POSTGRES_DB: 'shotlog' }).withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))),
      container('eventstore/eventstore:24.10', 2113, (c) => c.withEnvironment({ EVENTSTORE_INSECURE: 'true', EVENTSTORE_MEM_DB: 'true' }).withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))),
      container('nats:2', 4222, (c) => c.withCommand(['-js']).withWaitStrategy(Wait.forLogMessage(/Server is ready/))),
      container('minio/minio', 9000, (c) => c.withCommand(['server', '/data']).withEnvironment({ MINIO_ROOT_USER: 'shotlog', MINIO_ROOT_PASSWORD: 'shotlog-secret' }).withWaitStrategy(Wait.forHttp('/minio/health/live', 9000))),
    ]);
    natsUrl = `nats://${nats}`;
    const config = readConfig({ DATABASE_URL: `postgres://postgres:shotlog@${postgres}/shotlog`, EVENTSTORE_URL: `esdb://${log}?tls=false`, NATS_URL: natsUrl, SHOTLOG_SECRET_KEY: SECRET, S3_ENDPOINT: `http://${minio}`,
      S3_BUCKET: 'shotlog', S3_ACCESS_KEY: 'shotlog', S3_SECRET_KEY: 'shotlog-secret', ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, PORT: '0' });
    running = await startAll(config, pino({ level: 'error' }));
    base = `http://127.0.0.1:${running.gateway.port}/api`;
  }, 300_000);
  afterAll(async () => {
    await running?.stop();
    await Promise.all(started.map((c) => c.stop()));
  });

  it('takes a shot list and gives a movie', async (context) => {
    if (reason) return context.skip(reason);
    const done = await mainJob({ base, natsUrl, signIn: async (email = ADMIN.email, password = ADMIN.password) => {
      const { access_token } = await new Client(base, null).must('POST', '/auth/login', { email, password });
      return new Client(base, access_token);
    } });
    expect(done.movie.length).toBeGreaterThan(1_000);
  }, 300_000);
});
