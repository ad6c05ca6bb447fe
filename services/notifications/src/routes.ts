import type { Route } from '@shotlog/kernel';
import { contextRoute } from './context.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [contextRoute];
