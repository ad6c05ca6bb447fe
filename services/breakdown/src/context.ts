import { raw, Rendered, rendered, route, selectList, sql, to } from '@shotlog/kernel';
import { assetTypeShape, IS_ASSET_TYPE } from './entity-type/routes.ts';
import { projectStatus } from './project-status/project-status.ts';
import { selectOpenProjects } from './project/project.queries.ts';
import { filtersText } from './search-filter/own-filters.ts';
import { searchFilter, searchFilterGroup } from './search-filter/search-filter.ts';

/** This service's part of `GET /data/user/context`. */
export const contextRoute = route({
  method: 'get', path: '/internal/context', summary: 'The part of the user context that breakdown owns', access: to.signedIn,
  ask: async (c) => {
    c.keep(['*'], 'person');
    const { db, caller } = c;
    const [projects, assetTypes, statuses, filters, groups] = await Promise.all([
      rendered(db, selectOpenProjects(caller, null)),
      rendered(db, sql`select ${selectList(assetTypeShape, caller, true)} from entity_type t where ${IS_ASSET_TYPE} order by lower(t.name)`),
      rendered(db, sql`select ${selectList(projectStatus.shape, caller, true)} from project_status t order by ${raw('t.log_position')}`),
      filtersText(db, caller, searchFilter),
      filtersText(db, caller, searchFilterGroup),
    ]);
    const roles = Object.fromEntries([...caller.teams].filter(([, role]) => role !== null));
    return new Rendered(`{"projects":${projects.text},"asset_types":${assetTypes.text},"project_status":${statuses.text},"project_roles":${JSON.stringify(roles)},`
      + `"search_filters":${filters},"search_filter_groups":${groups}}`);
  },
});
