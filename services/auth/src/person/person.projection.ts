import { apiTime, common, f, insert, on, PersonAvatarSet, PersonCreated, PersonDeleted, PersonUpdated, projection, remove, table, update, type Db, type Recorded } from '@shotlog/kernel';
import type { ServiceConfig } from '@shotlog/kernel/config';
import { openSealed, PERSONAL, personKey } from './private.ts';

const flag = () => f.boolean({ default: false });
/** Persons as the API shows them. What is personal is opened only here, in auth's own read model. */
export const personTable = table('person', {
  first_name: f.string(80, { ignoreCase: true }), last_name: f.string(80, { ignoreCase: true }), full_name: f.string(161, { ignoreCase: true }), email: f.string(255, { ignoreCase: true }), phone: f.string(30), country: f.string(2),
  contract_type: f.string(255), active: f.boolean(), archived: f.boolean(), last_presence: f.date(), desktop_login: f.string(80), totp_enabled: flag(), email_otp_enabled: flag(),
  fido_enabled: flag(), preferred_two_factor_authentication: f.string(255), shotgun_id: f.integer(), timezone: f.string(50), locale: f.string(10), use_12_hour_clock: flag(),
  display_date_format: f.string(20), data: f.json(), role: f.string(255), position: f.string(255), seniority: f.string(255), daily_salary: f.integer({ restricted: true }), has_avatar: flag(),
  notifications_enabled: flag(), notifications_slack_enabled: flag(), notifications_slack_userid: f.string(60), notifications_mattermost_enabled: flag(),
  notifications_mattermost_userid: f.string(60), notifications_discord_enabled: flag(), notifications_discord_userid: f.string(60), is_bot: flag(), is_guest: flag(),
  expiration_date: f.date(), is_generated_from_ldap: flag(), ldap_uid: f.string(60), studio_id: f.uuid(), departments: f.uuids({ relation: true }), ...common,
}, { indexes: ['lower(email)'] });

const personalOf = (event: Recorded): Record<string, unknown> => event.data.personal ?? {};
const fullName = (p: Record<string, unknown>) =>
  ('first_name' in p || 'last_name' in p ? { full_name: [p.first_name, p.last_name].filter(Boolean).join(' ') } : {});

/** Events → rows of persons. `data.personal` was opened by `revealPerson`; it is empty for a person who was forgotten. */
export const personProjection = projection('person', [personTable], [
  on(PersonCreated, (e) => insert(personTable, { id: e.data.person_id, ...e.data.facts, ...personalOf(e), ...fullName(personalOf(e)),
    created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position })),
  on(PersonUpdated, (e) => update(personTable, e.data.person_id, { ...e.data.facts, ...personalOf(e), ...fullName(personalOf(e)), updated_at: apiTime(e.metadata.at) })),
  on(PersonAvatarSet, (e) => update(personTable, e.data.person_id, { has_avatar: e.data.has_avatar })),
  on(PersonDeleted, (e) => remove(personTable, e.data.person_id)),
]);

/** Opens the personal part of a person's events with the person's key; without it (a forgotten person) nothing comes back. */
export const revealPerson = async (event: Recorded, { db, config }: { db: Db; config: ServiceConfig }): Promise<Recorded> => {
  if (!('sealed' in (event.data ?? {})) || event.data.sealed === null) return event;
  try {
    const personal = openSealed(await personKey(db, config.SHOTLOG_SECRET_KEY, event.data.person_id), event.data.sealed);
    return { ...event, data: { ...event.data, personal: Object.fromEntries(Object.entries(personal).filter(([name]) => PERSONAL.includes(name as any))) } };
  } catch {
    return { ...event, data: { ...event.data, personal: { first_name: 'Former', last_name: 'Person' } } };
  }
};
