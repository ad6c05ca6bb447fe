/** The server as a child process: options come as JSON in the first argument, port and url go back over IPC. */
import { startEventStore, type EventStoreOptions } from './server.ts';

const running = await startEventStore(JSON.parse(process.argv[2] ?? '') as EventStoreOptions)
  .catch((error: unknown) => {
    process.exitCode = 1;
    process.send?.({ error: error instanceof Error ? error.message : String(error) });
    process.disconnect();
  });

if (running) {
  const stop = () => { void running.stop().then(() => process.exit(0)); };
  // A parent that dies, however suddenly, closes the channel: nobody is left to use this server.
  process.on('disconnect', stop);
  process.on('SIGTERM', stop);
  process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group; the parent says when to stop
  process.send?.({ port: running.port, url: running.url });
}
