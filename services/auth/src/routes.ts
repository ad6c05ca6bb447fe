import type { Route } from '@shotlog/kernel';
import { contextRoute } from './context.ts';
import { department } from './department/department.ts';
import { departmentHardwareRoutes } from './hardware/department-hardware.ts';
import { hardwareItem } from './hardware/hardware-item.ts';
import { organisationRoutes } from './organisation/organisation.queries.ts';
import { oidcRoutes } from './outside/oidc.ts';
import { samlRoutes } from './outside/saml.ts';
import { personRoutes } from './person/routes.ts';
import { plugin } from './plugin/plugin.ts';
import { desktopLoginRoutes } from './presence/desktop-login.ts';
import { presenceRoute } from './presence/presence-logs.ts';
import { sessionRoutes } from './session/routes.ts';
import { studio } from './studio/studio.ts';
import { twoFactorRoutes } from './two-factor/routes.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [contextRoute, ...sessionRoutes, ...twoFactorRoutes, ...oidcRoutes, ...samlRoutes, ...personRoutes, ...desktopLoginRoutes, presenceRoute, ...departmentHardwareRoutes, ...department.routes, ...studio.routes,
  ...hardwareItem.routes, ...plugin.routes, ...organisationRoutes];
