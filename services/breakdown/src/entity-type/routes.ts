import { list, listed, NotFound, oneText, pathId, raw, Rendered, route, sql, to, type Route, type Shape } from '@shotlog/kernel';
import { entityType, KIND_TYPES } from './entity-type.ts';
import { AssetType } from './entity-type.answers.ts';

/** An entity type that entities of no other kind have. */
export const IS_ASSET_TYPE = sql`lower(t.name) <> all(${`{${Object.values(KIND_TYPES).map((name) => name.toLowerCase()).join(',')}}`}::text[])`;
/** Entity types as asset types. */
export const assetTypeShape: Shape = { ...entityType.shape, type: 'AssetType' };

export const entityTypeRoutes: Route[] = [
  ...entityType.routes,
  route({
    method: 'get', path: '/data/asset-types', summary: 'List the asset types of the studio', answers: { 200: listed(AssetType) }, access: to.signedIn,
    ask: (c) => {
      c.keep(['studio'], 'anyone');
      return list({ shape: assetTypeShape, db: c.db, caller: c.caller, request: c.request, scope: IS_ASSET_TYPE, relations: true, order: raw('lower(t.name)') });
    },
  }),
  route({
    method: 'get', path: '/data/asset-types/{asset_type_id}', summary: 'Get one asset type', answers: { 200: AssetType }, access: to.signedIn,
    ask: async (c) => {
      const id = pathId(c.request, 'asset_type_id');
      c.keep(['studio'], 'anyone');
      const text = await oneText(c.db, assetTypeShape, c.caller, sql`t.id = ${id} and ${IS_ASSET_TYPE}`, true);
      if (text === null) throw new NotFound('asset type', id);
      return new Rendered(text);
    },
  }),
];
