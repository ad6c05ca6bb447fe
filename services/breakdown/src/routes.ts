import type { Route } from '@shotlog/kernel';
import { assetInstanceRoutes } from './asset-instance/routes.ts';
import { castingRoutes } from './casting/casting.routes.ts';
import { entityLinkRoutes } from './casting/entity-link.ts';
import { contextRoute } from './context.ts';
import { assetRoutes } from './entity/asset.routes.ts';
import { entityRoutes } from './entity/entity.routes.ts';
import { statsRoutes } from './entity/stats.routes.ts';
import { entityTypeRoutes } from './entity-type/routes.ts';
import { exportRoutes } from './export/export.routes.ts';
import { importCastingRoute } from './import/import-casting.ts';
import { importCutRoutes } from './import/import-cut.ts';
import { importErrorRoutes } from './import/import-error.ts';
import { importEntityRoutes } from './import/import-entities.ts';
import { descriptorRoutes } from './metadata-descriptor/routes.ts';
import { projectStatus } from './project-status/project-status.ts';
import { templateRoutes } from './project-template/routes.ts';
import { projectRoutes } from './project/routes.ts';
import { searchFilterRoutes } from './search-filter/routes.ts';
import { kitsuRoutes } from './import/kitsu.ts';
import { shotgunRoutes } from './import/shotgun.ts';
import { searchRoute } from './search/search.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [contextRoute, ...projectStatus.routes, ...entityTypeRoutes, ...projectRoutes, ...descriptorRoutes, ...templateRoutes, ...searchFilterRoutes,
  ...entityRoutes, ...assetRoutes, ...statsRoutes, ...castingRoutes, ...entityLinkRoutes, ...assetInstanceRoutes, ...exportRoutes, ...importEntityRoutes, importCastingRoute, ...importCutRoutes, ...kitsuRoutes, ...shotgunRoutes, ...importErrorRoutes, searchRoute];
