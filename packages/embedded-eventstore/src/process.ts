import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { EventStoreOptions, RunningEventStore } from './server.ts';

type Message = { port: number; url: string } | { error: string };

export interface EventStoreProcess extends RunningEventStore {
  child: ChildProcess;
}

/**
 * Serves the event log from a process of its own, so that syncing the disk and encoding events does not stop the
 * caller's event loop. The child ends with its parent.
 * @throws what the child could not do: take the port, open the file.
 */
export const startEventStoreProcess = async (options: EventStoreOptions): Promise<EventStoreProcess> => {
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [],
  });
  const message = await Promise.race([
    once(child, 'message').then(([first]) => first as Message),
    once(child, 'exit').then(([code]) => ({ error: `The event log's process ended with code ${code} before it served.` })),
  ]);
  if ('error' in message) throw new Error(message.error);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  };
  return { ...message, stop, child };
};
