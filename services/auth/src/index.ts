import { PersonAvatarSet, PersonCreated, PersonDeleted, PersonUpdated, SessionEnded, type Resource, type ServiceDefinition } from '@shotlog/kernel';
import { openTokens } from '@shotlog/kernel/tokens';
import { mailConfig, openMailer } from '@shotlog/mail';
import { peopleSettings } from './config.ts';
import { department, DEFAULT_DEPARTMENTS, defaultDepartmentId } from './department/department.ts';
import { DepartmentHardwareAdded, departmentHardwareProjection, DepartmentHardwareRemoved } from './hardware/department-hardware.ts';
import { hardwareItem } from './hardware/hardware-item.ts';
import { presenceProjection, taskTypes, workProjection } from './neighbours.ts';
import { organisation, ORGANISATION_ID } from './organisation/organisation.ts';
import { directoryOf } from './outside/ldap.ts';
import { oidcOf } from './outside/oidc.ts';
import { samlOf } from './outside/saml.ts';
import { createPerson } from './person/create-person.ts';
import { forgetting } from './person/delete-person.ts';
import { personProjection, revealPerson } from './person/person.projection.ts';
import { PRIVATE_TABLES } from './person/private.ts';
import { revisePerson } from './person/update-person.ts';
import { plugin } from './plugin/plugin.ts';
import { DesktopLoginNoted, desktopLoginProjection } from './presence/desktop-login.ts';
import { routes } from './routes.ts';
import { loginLogProjection } from './session/login-log.ts';
import { SessionStarted } from './session/session.events.ts';
import { noteEnd } from './session/sign-out.ts';
import { noteSession } from './session/start-session.ts';
import { studio } from './studio/studio.ts';

export { department, defaultDepartmentId } from './department/department.ts';

const resources: Resource[] = [department, studio, hardwareItem, plugin, organisation];

export const auth: ServiceDefinition = {
  name: 'auth',
  routes,
  commands: [createPerson, revisePerson, noteSession, noteEnd],
  projections: [personProjection, ...resources.map((r) => r.projection), departmentHardwareProjection, desktopLoginProjection, loginLogProjection, taskTypes.projection, workProjection, presenceProjection],
  reactions: [forgetting],
  events: [PersonCreated, PersonUpdated, PersonDeleted, PersonAvatarSet, SessionStarted, SessionEnded, DesktopLoginNoted, DepartmentHardwareAdded, DepartmentHardwareRemoved,
    ...resources.flatMap((r) => Object.values(r.events))],
  privateTables: PRIVATE_TABLES,
  reveal: revealPerson,
  claimSources: [...resources.flatMap((r) => r.claimSources), "select 'person.email', lower(email), 'person-' || id from person where email is not null"],
  resources: async ({ config, logger }) => {
    const mail = mailConfig(config);
    const mailer = openMailer(mail);
    return {
      byName: { tokens: openTokens(config.SHOTLOG_SECRET_KEY), secret: config.SHOTLOG_SECRET_KEY, logger, mailer, publicUrl: mail.publicUrl, secureCookies: mail.publicUrl.startsWith('https:'),
        settings: peopleSettings(config), directory: directoryOf(config), oidc: oidcOf(config, mail.publicUrl), saml: samlOf(config, mail.publicUrl) },
      close: async () => mailer.close(),
    };
  },
  firstStart: async (context, config) => {
    await context.run(organisation.commands.create, { organisation_id: ORGANISATION_ID, name: String((config as Record<string, unknown>).ORGANISATION_NAME ?? 'Kitsu') }, 'organisation');
    for (const [name, color] of DEFAULT_DEPARTMENTS) await context.run(department.commands.create, { department_id: defaultDepartmentId(name), name, color }, name);
    if (config.ADMIN_PASSWORD) {
      await context.run(createPerson, { first_name: 'Super', last_name: 'Admin', email: config.ADMIN_EMAIL, role: 'admin', phone: '', desktop_login: '', password: config.ADMIN_PASSWORD }, 'admin');
    }
  },
};
