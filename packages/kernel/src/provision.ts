import { createHmac } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';

/** The password of a service's database role: derived, so that it need not be stored anywhere. */
const rolePassword = (secret: string, service: string): string => createHmac('sha256', secret).update(`database role ${service}`).digest('hex');

/** The URL with which a service connects: its own role, which sees no other service's schema. */
export const serviceUrl = (adminUrl: string, secret: string, service: string): string => {
  const url = new URL(adminUrl);
  url.username = `shotlog_${service}`;
  url.password = rolePassword(secret, service);
  return url.href;
};

/**
 * Makes the role and the private schema of each service, once; safe to run again and by several at a time. Needs a URL whose
 * role may create roles. A service's read model schema is made by the service itself.
 */
export const provision = async (adminUrl: string, secret: string, services: string[]): Promise<void> => {
  const orm = await MikroORM.init({ clientUrl: adminUrl, entities: [], discovery: { warnWhenNoEntities: false }, pool: { min: 0, max: 1 } } as any);
  const run = (text: string) => orm.em.getConnection().execute(text, [], 'all') as Promise<any[]>;
  try {
    const database = decodeURIComponent(new URL(adminUrl).pathname.slice(1));
    const text = services.map((service) => {
      const role = `shotlog_${service}`;
      const password = rolePassword(secret, service);
      return `
        do $$ begin
          if not exists (select from pg_roles where rolname = '${role}') then create role ${role} login password '${password}'; end if;
        end $$;
        alter role ${role} password '${password}';
        grant create, connect on database "${database}" to ${role};
        grant ${role} to current_user;
        create schema if not exists ${service}_private authorization ${role};
        revoke all on schema ${service}_private from public;`;
    }).join('\n');
    await run(`select pg_advisory_xact_lock(7304201); ${text}`);
  } finally {
    await orm.close(true);
  }
};
