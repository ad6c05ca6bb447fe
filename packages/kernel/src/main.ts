import { pino } from 'pino';
import { readConfig, urlOf } from './config.ts';
import { listenForAsks } from './listen.ts';
import type { Port } from './serve.ts';
import { startService, type ServiceDefinition } from './service.ts';

/** Runs one service as a process of its own, against configured servers: the whole of a `services/x/src/main.ts`. */
export const runService = async (definition: ServiceDefinition, remote: (url: string) => Port): Promise<void> => {
  const config = (() => {
    try {
      return readConfig();
    } catch (error) {
      process.stderr.write(`${definition.name} cannot start:\n${(error as Error).message}\n`);
      return process.exit(1);
    }
  })();
  const logger = pino({ level: config.LOG_LEVEL, base: { service: definition.name } });
  try {
    const service = await startService(definition, config, logger, (name) => remote(urlOf(config, name)));
    const http = await listenForAsks(service.port, async () => service.status(), { port: config.PORT, host: config.HOST });
    logger.info({ port: http.port }, 'the service serves');
    let stopping = false;
    const stop = async () => {
      if (stopping) return;
      stopping = true;
      await http.close();
      await service.stop();
      process.exit(0);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  } catch (error) {
    logger.fatal({ err: error }, 'the service cannot start');
    process.exit(1);
  }
};
