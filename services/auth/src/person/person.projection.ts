import { apiTime, insert, on, PersonAvatarSet, PersonCreated, PersonDeleted, PersonUpdated, projection, remove, sql, update, type Db, type Recorded } from '@shotlog/kernel';
import type { ServiceConfig } from '@shotlog/kernel/config';
import { knownKey, openSealed, PERSONAL } from './private.ts';
import { personTable } from './person.table.ts';

const personalOf = (event: Recorded): Record<string, unknown> => event.data.personal ?? {};
const fullName = (id: string) => sql`update person set full_name = trim(concat_ws(' ', first_name, last_name)) where id = ${id}`;

/** Events → rows of persons. `data.personal` was opened by `revealPerson`; it is empty for a person who was forgotten. */
export const personProjection = projection('person', [personTable], [
  on(PersonCreated, (e) => [insert(personTable, { id: e.data.person_id, notifications_slack_userid: '', notifications_mattermost_userid: '', notifications_discord_userid: '',
    use_12_hour_clock: false, display_date_format: 'YYYY-MM-DD', notifications_enabled: false, notifications_slack_enabled: false, notifications_mattermost_enabled: false,
    notifications_discord_enabled: false, totp_enabled: false, email_otp_enabled: false, fido_enabled: false, is_generated_from_ldap: false, ...e.data.facts, ...personalOf(e),
    created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position }), fullName(e.data.person_id)]),
  on(PersonUpdated, (e) => [update(personTable, e.data.person_id, { ...e.data.facts, ...personalOf(e), updated_at: apiTime(e.metadata.at) }), fullName(e.data.person_id)]),
  on(PersonAvatarSet, (e) => update(personTable, e.data.person_id, { has_avatar: e.data.has_avatar, updated_at: apiTime(e.metadata.at) })),
  on(PersonDeleted, (e) => remove(personTable, e.data.person_id)),
]);

const REMEMBERED_MS = 10_000;
const keys = new Map<string, { key: Buffer | null; until: number }>();
/** Two installations may run in one process: what opens one must not be tried on the other. */
const remembered = (secret: string, person_id: string) => `${person_id} ${secret}`;
const keyOf = async (db: Db, secret: string, person_id: string): Promise<Buffer | null> => {
  const met = keys.get(remembered(secret, person_id));
  if (met && met.until > Date.now()) return met.key;
  const key = await knownKey(db, secret, person_id);
  if (keys.size > 5_000) keys.clear();
  if (key) keys.set(remembered(secret, person_id), { key, until: Date.now() + REMEMBERED_MS });
  return key;
};

/** Forgets the key in memory too. */
export const forgetKey = (secret: string, person_id: string): void => void keys.delete(remembered(secret, person_id));

const unreadable = (event: Recorded): Recorded =>
  ({ ...event, data: { ...event.data, personal: event.type === 'PersonCreated' ? { first_name: 'Former', last_name: 'Person' } : {} } });

/** Opens the personal part of an event with its person's key; without it (a forgotten person) nothing comes back. */
export const revealPerson = async (event: Recorded, { db, config }: { db: Db; config: ServiceConfig }): Promise<Recorded> => {
  if (!('sealed' in (event.data ?? {})) || event.data.sealed === null) return event;
  const key = await keyOf(db, config.SHOTLOG_SECRET_KEY, event.data.person_id);
  if (!key) return unreadable(event);
  try {
    const personal = openSealed(key, event.data.sealed);
    return { ...event, data: { ...event.data, personal: Object.fromEntries(Object.entries(personal).filter(([name]) => PERSONAL.includes(name as any))) } };
  } catch {
    return unreadable(event);
  }
};
