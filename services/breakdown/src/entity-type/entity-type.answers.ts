import { shown } from '@shotlog/kernel';
import { entityType } from './entity-type.ts';

/** An entity type that assets are of. */
export const AssetType = shown('AssetType', entityType.table.fields);
