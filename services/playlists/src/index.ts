import type { ServiceDefinition } from '@shotlog/kernel';
import { routes } from './routes.ts';

export const playlists: ServiceDefinition = { name: 'playlists', routes, projections: [], events: [] };
