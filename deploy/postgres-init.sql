-- Run once by the image, as superuser, when the database folder is empty.
-- `shotlog` may make roles and is no superuser. With it each service makes, at its start, its own role
-- (shotlog_auth, shotlog_tasks, …: password derived from SHOTLOG_SECRET_KEY) and its own schemas, and then works as that
-- role, which sees no other service's schema.
\getenv password SHOTLOG_DB_PASSWORD
create role shotlog login createrole nosuperuser password :'password';
create database shotlog owner shotlog encoding 'UTF8' template template0;
revoke all on database shotlog from public;
\connect shotlog
revoke all on schema public from public;
