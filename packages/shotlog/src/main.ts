import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { alive, startEmbedded } from '@shotlog/embedded';
import { readConfig } from '@shotlog/kernel/config';
import { mediaTools } from '@shotlog/media';
import { startAll } from './all.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const env = process.env;

/** The first admin's password: given, else made once and kept where only the owner of the data folder reads it. */
const adminPassword = async (dataDir: string): Promise<{ password: string; made: boolean }> => {
  if (env.ADMIN_PASSWORD) return { password: env.ADMIN_PASSWORD, made: false };
  const file = join(dataDir, 'admin.password');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept) return { password: kept.trim(), made: true };
  const password = randomBytes(9).toString('base64url');
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  return { password, made: true };
};

const port = (name: string, fallback: number): number => {
  const value = Number(env[name] ?? fallback);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new Error(`${name} must be a port number, not "${env[name]}".`);
  return value;
};

const run = async (): Promise<void> => {
  const started = performance.now();
  say('Shotlog starts');
  say(`  movies by ${mediaTools().ffmpeg.path}`);
  const embedded = await startEmbedded({
    dataDir: env.DATA_DIR ?? './data', eventStorePort: port('EVENTSTORE_PORT', 2113), natsPort: port('NATS_PORT', 4222), databaseUrl: env.DATABASE_URL, eventStoreUrl: env.EVENTSTORE_URL,
    natsUrl: env.NATS_URL, secret: env.SHOTLOG_SECRET_KEY, progress: (line) => say(`  ${line}`),
  });
  const admin = await adminPassword(embedded.dataDir);
  const config = readConfig({ WEBHOOK_PRIVATE_ADDRESSES: 'true', ...env, DATABASE_URL: embedded.databaseUrl, EVENTSTORE_URL: embedded.eventStoreUrl, NATS_URL: embedded.natsUrl, SHOTLOG_SECRET_KEY: embedded.secret,
    DATA_DIR: embedded.dataDir, ADMIN_PASSWORD: admin.password });
  const logger = pino({ level: env.LOG_LEVEL ?? 'warn' });
  const running = await startAll(config, logger, (line) => say(`  ${line}`)).catch(async (error) => {
    await embedded.stop();
    throw error;
  });
  say(`Shotlog serves ${running.gateway.url} after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  say(`  sign in as ${config.ADMIN_EMAIL} with the password ${admin.made ? admin.password : 'from ADMIN_PASSWORD'}${admin.made ? ' (unless it was changed since)' : ''}`);
  say(`  API reference ${running.gateway.url}/docs, events on ${embedded.natsUrl}, the log on ${embedded.eventStoreUrl.replace(/\/\/[^@/]*@/, '//')}`);
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    say(`Shotlog ends (${signal})`);
    // What does not end in order is cut off: the log has everything that was acknowledged.
    setTimeout(() => process.exit(0), 20_000).unref();
    await running.stop().catch((error) => logger.error({ err: error }, 'not everything ended in order'));
    await embedded.stop();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  watchParent(() => void stop('its parent is gone'));
};

/** The starter that was killed cannot forward signals any more. */
const watchParent = (gone: () => void): void => {
  const parent = Number(env.SHOTLOG_PARENT_PID ?? 0);
  if (!parent) return;
  setInterval(() => {
    if (!alive(parent)) gone();
  }, 1_000).unref();
};

run().catch((error: Error) => {
  process.stderr.write(`Shotlog cannot start: ${error.message}\n`);
  if (env.LOG_LEVEL === 'debug') process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
