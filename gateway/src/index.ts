import { getRequestListener } from '@hono/node-server';
import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { urlOf, type ServiceConfig } from '@shotlog/kernel/config';
import type { Port } from '@shotlog/kernel/serve';
import { openTokens } from '@shotlog/kernel/tokens';
import type { RunningService } from '@shotlog/kernel/service';
import { openGateway } from './app.ts';
import { openCommands } from './commands.ts';
import { healthOf } from './health.ts';
import { openLive } from './live/index.ts';
import { ownRoutes } from './own.ts';
import { Positions } from './positions.ts';
import { remotePort } from '@shotlog/kernel/remote';
import { definitions } from './routes.ts';

export { openGateway } from './app.ts';
export { openApi } from './openapi.ts';
export { definitions } from './routes.ts';

export type RunningGateway = { url: string; port: number; stop(): Promise<void> };

/**
 * Starts the gateway. `local` are services of the same process; the others are asked where `SHOTLOG_<SERVICE>_URL` says.
 * @throws Error with a sentence that says what to do, when the port is in use.
 */
export const startGateway = async (config: ServiceConfig, logger: Logger, local: Map<string, RunningService>): Promise<RunningGateway> => {
  const commands = await openCommands(config.NATS_URL, local.values());
  const names = definitions.map((d) => d.name);
  const ports = new Map<string, Port>(names.map((name) => [name, local.get(name)?.port ?? remotePort(urlOf(config, name))]));
  const port = (service: string): Port => ports.get(service)!;
  const routes = definitions.flatMap((d) => d.routes.filter((r) => !r.path.startsWith('/internal/')).map((route) => ({ route, service: d.name })));
  const origins = String((config as Record<string, unknown>).CORS_ORIGINS ?? '').split(',').map((s) => s.trim()).filter(Boolean);
  const positions = new Positions();
  const app = openGateway({
    routes, port, commands, logger, positions, tokens: openTokens(config.SHOTLOG_SECRET_KEY), origins,
    own: ownRoutes({ routes, port, services: names, health: () => healthOf(names, local, port, commands), config: publicConfig(config),
      publish: (name, payload) => commands.nats.publish(name, JSON.stringify(payload)) }),
  });
  const answer = getRequestListener(app.fetch);
  const server = createServer((request, response) => { if (!live.handle(request, response)) void answer(request, response); });
  const live = openLive({ server, nats: commands.nats, port, logger, origins, positions });
  // A movie may take an hour to arrive.
  server.requestTimeout = 3_600_000;
  server.keepAliveTimeout = 65_000;
  await listen(server, config.PORT, config.HOST);
  const { port: bound } = server.address() as { port: number };
  return {
    port: bound, url: `http://localhost:${bound}/api`,
    async stop() {
      await live.close();
      server.closeIdleConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        setTimeout(() => server.closeAllConnections(), 3_000).unref();
      });
      await commands.close();
    },
  };
};

const listen = (server: Server, port: number, host: string): Promise<void> => new Promise((resolve, reject) => {
  server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new Error(`Port ${port} is in use. Set PORT to another port, or stop what uses it.`, { cause: error }) : error));
  server.listen(port, host, resolve);
});

const publicConfig = (config: ServiceConfig): Record<string, unknown> => ({
  is_self_hosted: true, crisp_token: '', indexer_configured: true, saml_enabled: Boolean((config as any).SAML_METADATA_URL), saml_idp_name: (config as any).SAML_IDP_NAME ?? '',
  oidc_enabled: Boolean((config as any).OIDC_ISSUER), oidc_idp_name: (config as any).OIDC_IDP_NAME ?? '', enforce_2fa: false, dark_theme_by_default: false, default_locale: 'en_US', default_timezone: (config as any).DEFAULT_TIMEZONE ?? 'Europe/Paris',
});
