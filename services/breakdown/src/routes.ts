import type { Route } from '@shotlog/kernel';
import { contextRoute } from './context.ts';
import { entityTypeRoutes } from './entity-type/routes.ts';
import { descriptorRoutes } from './metadata-descriptor/routes.ts';
import { projectStatus } from './project-status/project-status.ts';
import { projectRoutes } from './project/routes.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [contextRoute, ...projectStatus.routes, ...entityTypeRoutes, ...projectRoutes, ...descriptorRoutes];
