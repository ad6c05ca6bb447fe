import type { Route } from '@shotlog/kernel';
import { contextRoute } from './context.ts';
import { department } from './department/department.ts';
import { personRoutes } from './person/routes.ts';
import { sessionRoutes } from './session/routes.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [contextRoute, ...sessionRoutes, ...personRoutes, ...department.routes];
