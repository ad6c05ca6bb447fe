export { startNats, type NatsOptions, type NatsServer } from './server.ts';
export type { Credentials, Rule, User } from './auth.ts';
