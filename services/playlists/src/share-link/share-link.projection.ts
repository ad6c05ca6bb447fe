import { apiTime, common, f, insert, on, PersonDeleted, projection, sql, table, update } from '@shotlog/kernel';
import { GuestJoined, ShareLinkCreated, ShareLinkRevoked } from './share-link.events.ts';

export const shareLinkTable = table('playlist_share_link', {
  playlist_id: f.uuid(), created_by: f.uuid(), expiration_date: f.time(), is_active: f.boolean(), can_comment: f.boolean(), has_password: f.boolean(), project_id: f.uuid({ hidden: true }), ...common,
}, { indexes: ['playlist_id'] });
const guestTable = table('guest', { share_link_id: f.uuid(), person_id: f.uuid() }, { primary: ['share_link_id', 'person_id'], indexes: ['person_id'] });

export const shareLinkProjection = projection('playlist_share_link', [shareLinkTable, guestTable], [
  on(ShareLinkCreated, (e) => insert(shareLinkTable, { ...e.data, id: e.data.share_link_id, is_active: true, created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position })),
  on(ShareLinkRevoked, (e) => update(shareLinkTable, e.data.share_link_id, { is_active: false, updated_at: apiTime(e.metadata.at) })),
  on(GuestJoined, (e) => insert(guestTable, e.data)),
  on(PersonDeleted, (e) => sql`delete from guest where person_id = ${e.data.person_id}`),
]);
