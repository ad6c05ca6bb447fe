import type { ServiceDefinition } from '@shotlog/kernel';
import { routes } from './routes.ts';

export const notifications: ServiceDefinition = { name: 'notifications', routes, projections: [], events: [] };
