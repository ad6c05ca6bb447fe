import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { startEmbedded } from '@shotlog/embedded';
import { definitions } from '@shotlog/gateway/routes';
import { readConfig, type ServiceConfig } from '@shotlog/kernel/config';
import { rebuildService } from '@shotlog/kernel/rebuild';
import type { ServiceDefinition } from '@shotlog/kernel/service';

const say = (line: string) => process.stdout.write(`${line}\n`);
const env = process.env;
const dataDir = env.DATA_DIR ?? './data';
const NO_BROKER = 'nats://127.0.0.1:4222';

/** The services named on the command line, all by default. */
const chosen = (names: string[]): ServiceDefinition[] => {
  const known = definitions.map((d) => d.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`There is no service ${unknown.join(', ')}: they are ${known.join(', ')}.`);
  return definitions.filter((d) => names.length === 0 || names.includes(d.name));
};

/** Configured servers are used as they are, with Shotlog running or not; embedded ones are started, which a running Shotlog forbids. */
const servers = async (): Promise<{ config: ServiceConfig; stop(): Promise<void> }> => {
  if (env.DATABASE_URL && env.EVENTSTORE_URL) {
    say('Rebuilding on the configured PostgreSQL and event log; Shotlog may run meanwhile');
    const secret = env.SHOTLOG_SECRET_KEY ?? (await readFile(join(dataDir, 'secret.key'), 'utf8').catch(() => '')).trim();
    return { config: readConfig({ ...env, SHOTLOG_SECRET_KEY: secret }), stop: async () => {} };
  }
  say(`Rebuilding in ${dataDir}, with servers of its own`);
  // Nothing is published, so no broker is needed.
  const embedded = await startEmbedded({ dataDir, databaseUrl: env.DATABASE_URL, eventStoreUrl: env.EVENTSTORE_URL, natsUrl: env.NATS_URL ?? NO_BROKER, secret: env.SHOTLOG_SECRET_KEY });
  const config = readConfig({ ...env, DATABASE_URL: embedded.databaseUrl, EVENTSTORE_URL: embedded.eventStoreUrl, SHOTLOG_SECRET_KEY: embedded.secret, DATA_DIR: embedded.dataDir });
  return { config, stop: () => embedded.stop() };
};

const run = async (): Promise<void> => {
  const services = chosen(process.argv.slice(2));
  const { config, stop } = await servers();
  try {
    const logger = pino({ level: env.LOG_LEVEL ?? 'warn' });
    for (const definition of services) {
      const { events, took_ms, live } = await rebuildService(definition, config, logger);
      const rate = Math.round((events * 1_000) / Math.max(1, took_ms));
      say(`  ${definition.name.padEnd(14)} ${events} events in ${(took_ms / 1_000).toFixed(1)} s, ${rate} events/s${live ? ', beside the running service' : ''}`);
    }
    say('The read models are built anew');
  } finally {
    await stop();
  }
};

run().catch((error: Error) => {
  process.stderr.write(`The read models cannot be rebuilt: ${error.message}\n`);
  if (env.LOG_LEVEL === 'debug') process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
