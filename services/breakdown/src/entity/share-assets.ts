import { isId, NotFound, rendered, spanning, sql, to, type Context, type Statement } from '@shotlog/kernel';
import { z } from 'zod';
import { theId } from './create-entity.ts';
import { listColumns } from './entity.columns.ts';
import { mayManage } from './entity.policy.ts';
import { setEntity } from './update-entity.ts';

type Order = { assets: { id: string; project_id: string }[]; is_shared: boolean };

const found = (context: Context, where: Statement): Promise<Order['assets']> => context.db.all(sql`select id, project_id from entity where kind = 'asset' and ${where} order by log_position`);
const handle = async ({ assets, is_shared }: Order, context: Context) => {
  for (const { id } of assets) await context.run(setEntity, { id, changes: { is_shared } }, `share ${id}`);
  await context.settled();
  return JSON.parse((await rendered(context.db, sql`select ${listColumns('asset', false)} from entity t where t.id = any(${`{${assets.map((a) => a.id).join(',')}}`}::uuid[]) order by t.log_position`)).text);
};
const policy = (caller: Context['caller'], { assets }: Order) => assets.forEach((a) => mayManage(caller, a.project_id));
const is_shared = z.boolean().default(true);

/** Lets other productions cast these assets, or no longer. @throws NotFound (404) when one does not exist. */
export const shareAssets = spanning({
  subject: 'cmd.breakdown.share-assets', schema: z.object({ asset_ids: z.array(z.unknown()).default([]), is_shared }), access: to.teamManagers, policy, handle, resumable: true,
  prepare: async (given, context): Promise<Order> => {
    const ids = given.asset_ids.map((id) => { if (!isId(id)) throw new NotFound('asset'); return id.toLowerCase(); });
    const assets = await found(context, sql`id = any(${`{${ids.join(',')}}`}::uuid[])`);
    if (assets.length < new Set(ids).size) throw new NotFound('asset', ids.find((id) => !assets.some((a) => a.id === id)));
    return { assets, is_shared: given.is_shared };
  },
});

/** The same for all assets of a production, or those of one type. */
export const shareProjectAssets = spanning({
  subject: 'cmd.breakdown.share-project-assets', schema: z.object({ project_id: z.unknown().optional(), asset_type_id: z.unknown().optional(), is_shared }), access: to.teamManagers, policy, handle, resumable: true,
  prepare: async (given, context): Promise<Order> => {
    const project_id = theId(given.project_id, 'production');
    if (!(await context.db.one(sql`select 1 from project where id = ${project_id}`))) throw new NotFound('production', project_id);
    mayManage(context.caller, project_id);
    const type = given.asset_type_id === undefined ? null : theId(given.asset_type_id, 'asset type');
    if (type && !(await context.db.one(sql`select 1 from entity_type where id = ${type}`))) throw new NotFound('asset type', type);
    return { assets: await found(context, sql`project_id = ${project_id} ${type ? sql`and entity_type_id = ${type}` : sql``}`), is_shared: given.is_shared };
  },
});
