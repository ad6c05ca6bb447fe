import type { ServiceDefinition } from '@shotlog/kernel';
import { routes } from './routes.ts';

export const budgets: ServiceDefinition = { name: 'budgets', routes, projections: [], events: [] };
