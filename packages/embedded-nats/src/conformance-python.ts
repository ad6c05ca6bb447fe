import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { it } from 'vitest';
import type { StartBroker } from './conformance.ts';

const python = process.env['SHOTLOG_PYTHON'] ?? 'python3';

const reasonToSkip = (): string | undefined => {
  const { status, error } = spawnSync(python, ['-c', 'import nats']);
  if (error !== undefined) return `${python} cannot be run (set SHOTLOG_PYTHON to a Python that has nats-py)`;
  return status === 0 ? undefined : `${python} cannot import nats (set SHOTLOG_PYTHON to a Python that has nats-py)`;
};

/** Runs `conformance.py` against the broker. */
export const pythonConformance = (start: StartBroker): void => {
  it('serves the official Python client', async (context) => {
    const reason = reasonToSkip();
    if (reason !== undefined) context.skip(reason);
    const broker = await start();
    try {
      await promisify(execFile)(python, [join(import.meta.dirname, 'conformance.py'), broker.url], { timeout: 20_000 });
    } finally {
      await broker.stop();
    }
  });
};
