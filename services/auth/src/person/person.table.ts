import { common, f, raw, table, type Caller, type Shape } from '@shotlog/kernel';

const flag = () => f.boolean({ default: false });

/** Persons as the API shows them. What is personal is opened only here, in auth's own read model. */
export const personTable = table('person', {
  first_name: f.string(80, { required: true, ignoreCase: true }), last_name: f.string(80, { required: true, ignoreCase: true }), full_name: f.string(161, { ignoreCase: true }), email: f.string(255, { ignoreCase: true }),
  phone: f.string(30), country: f.string(2), contract_type: f.string(255), active: f.boolean(), archived: f.boolean(), last_presence: f.date(), desktop_login: f.string(80), totp_enabled: flag(),
  email_otp_enabled: flag(), fido_enabled: flag(), preferred_two_factor_authentication: f.string(255), shotgun_id: f.integer(), timezone: f.string(50), locale: f.string(10), use_12_hour_clock: flag(),
  display_date_format: f.string(20), data: f.json(), role: f.string(255), position: f.string(255), seniority: f.string(255), daily_salary: f.integer({ restricted: true }), has_avatar: flag(),
  notifications_enabled: flag(), notifications_slack_enabled: flag(), notifications_slack_userid: f.string(60), notifications_mattermost_enabled: flag(),
  notifications_mattermost_userid: f.string(60), notifications_discord_enabled: flag(), notifications_discord_userid: f.string(60), is_bot: flag(), is_guest: flag(),
  expiration_date: f.date(), is_generated_from_ldap: flag(), ldap_uid: f.string(60), studio_id: f.uuid(), departments: f.uuids({ relation: true }),
  password: f.text({ hidden: true }), jti: f.text({ hidden: true }), totp_secret: f.text({ hidden: true }), email_otp_secret: f.text({ hidden: true }), otp_recovery_codes: f.text({ hidden: true }),
  fido_credentials: f.text({ hidden: true }), login_failed_attemps: f.text({ hidden: true }), last_login_failed: f.text({ hidden: true }), ...common,
}, { indexes: ['lower(email)', 'desktop_login'] });

/** What everybody may know of a colleague. */
const PUBLIC = new Set(['id', 'first_name', 'last_name', 'full_name', 'active', 'departments', 'desktop_login', 'has_avatar', 'is_bot', 'role', 'studio_id']);

/** Persons as the API shows them to a caller: admins see everything, others what is public. */
export const personShape: Shape = { table: personTable, type: 'Person', visible: (caller, name) => caller.isAdmin || PUBLIC.has(name) };

/** What an answer with persons depends on: when somebody was last there, hours of any production tell. */
export const PERSONS_DEPEND_ON = ['*'];

/** The same in lists without relations: clients of the API expect an empty list of departments there, which admins' lists leave out. */
export const listedShape = (caller: Caller, relations: boolean): Shape =>
  (caller.isAdmin || relations ? personShape : { ...personShape, extra: { departments: raw("'{}'::uuid[]") } });
