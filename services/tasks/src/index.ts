import type { ServiceDefinition } from '@shotlog/kernel';
import { routes } from './routes.ts';

export const tasks: ServiceDefinition = { name: 'tasks', routes, projections: [], events: [] };
