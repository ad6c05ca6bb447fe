import type { ServiceDefinition } from '@shotlog/kernel';
import { routes } from './routes.ts';

export const files: ServiceDefinition = { name: 'files', routes, projections: [], events: [] };
