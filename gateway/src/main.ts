import { pino } from 'pino';
import { readConfig } from '@shotlog/kernel/config';
import { startGateway } from './index.ts';

const config = readConfig();
const logger = pino({ level: config.LOG_LEVEL, base: { service: 'gateway' } });
const gateway = await startGateway(config, logger, new Map()).catch((error) => {
  logger.fatal({ err: error }, 'the gateway cannot start');
  return process.exit(1);
});
logger.info({ port: gateway.port }, 'the gateway serves');
const stop = () => void gateway.stop().then(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
