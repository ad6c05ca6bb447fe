import type { Logger } from 'pino';
import { definitions, startGateway, type RunningGateway } from '@shotlog/gateway';
import type { ServiceConfig } from '@shotlog/kernel/config';
import { startService, type RunningService } from '@shotlog/kernel/service';

export type Running = { gateway: RunningGateway; services: Map<string, RunningService>; stop(): Promise<void> };

/** All services and the gateway in one process, against the servers that `config` names. */
export const startAll = async (config: ServiceConfig, logger: Logger, progress: (line: string) => void = () => {}): Promise<Running> => {
  const services = new Map<string, RunningService>();
  const stop = async () => { await Promise.all([...services.values()].map((s) => s.stop())); };
  try {
    // One after another: first-start data of one stands on that of those before it.
    for (const definition of definitions) {
      const service = await startService(definition, config, logger.child({ service: definition.name }), (name) => ({ ask: (a) => services.get(name)!.port.ask(a) }));
      services.set(definition.name, service);
      progress(`${definition.name} stands at position ${(await service.status()).position ?? 'none'}`);
    }
    const gateway = await startGateway(config, logger.child({ service: 'gateway' }), services);
    return { gateway, services, stop: async () => { await gateway.stop(); await stop(); } };
  } catch (error) {
    await stop();
    throw error;
  }
};
