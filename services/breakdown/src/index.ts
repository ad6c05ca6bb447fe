import type { ServiceDefinition } from '@shotlog/kernel';
import { routes } from './routes.ts';

export const breakdown: ServiceDefinition = { name: 'breakdown', routes, projections: [], events: [] };
