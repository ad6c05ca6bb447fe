import { readFile } from 'node:fs/promises';
import type { PlaylistsConfig } from '../config.ts';

/** A scheduler of the studio that starts workers. */
export type Runner = {
  /** Starts one worker for a build; asked again with the same `attempt`, it starts no other. @throws Error that names the scheduler and its status. */
  dispatch(build_job_id: string, attempt: number): Promise<void>;
};

const PATIENCE_MS = 10_000;
const ask = async (name: string, url: string, { method = 'GET', headers, body }: { method?: string; headers: Record<string, string>; body?: unknown }): Promise<{ status: number; body: any }> => {
  const answer = await fetch(url, { method, headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS) });
  const text = await answer.text();
  if (!answer.ok && answer.status !== 409) throw new Error(`${name} answered ${answer.status}`);
  return { status: answer.status, body: answer.ok && text ? JSON.parse(text) : null };
};

/** Dispatches a parameterised batch job (Nomad's HTTP API, `POST /v1/job/{job}/dispatch`); its command stands in the job. */
export const nomadRunner = ({ NOMAD_ADDR, NOMAD_TOKEN, NOMAD_NAMESPACE, NOMAD_JOB }: PlaylistsConfig): Runner => ({
  async dispatch(build_job_id, attempt) {
    const query = new URLSearchParams({ idempotency_token: `${build_job_id}-${attempt}`, ...(NOMAD_NAMESPACE ? { namespace: NOMAD_NAMESPACE } : {}) });
    await ask('Nomad', `${NOMAD_ADDR.replace(/\/$/, '')}/v1/job/${encodeURIComponent(NOMAD_JOB)}/dispatch?${query}`,
      { method: 'POST', headers: NOMAD_TOKEN ? { 'x-nomad-token': NOMAD_TOKEN } : {}, body: { Meta: { build_job_id } } });
  },
});

/** Names of Kubernetes hold 63 characters, of which a job's pods take some. */
const NAME_LENGTH = 40;
/** Where a pod finds who it is. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Makes a Job of a CronJob's template, as `kubectl create job --from` does; the CronJob may be suspended. */
export const kubernetesRunner = ({ KUBERNETES_URL, KUBERNETES_NAMESPACE, KUBERNETES_CRONJOB, KUBERNETES_TOKEN_FILE }: PlaylistsConfig): Runner => ({
  async dispatch(build_job_id, attempt) {
    const namespace = KUBERNETES_NAMESPACE ?? (await readFile(`${ACCOUNT}/namespace`, 'utf8')).trim();
    // Read each time: the cluster renews it.
    const headers = { authorization: `Bearer ${(await readFile(KUBERNETES_TOKEN_FILE ?? `${ACCOUNT}/token`, 'utf8')).trim()}` };
    const batch = `${KUBERNETES_URL.replace(/\/$/, '')}/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}`;
    const { body: cronJob } = await ask('Kubernetes', `${batch}/cronjobs/${encodeURIComponent(KUBERNETES_CRONJOB)}`, { headers });
    const { metadata: { name, uid }, spec: { jobTemplate } } = cronJob;
    await ask('Kubernetes', `${batch}/jobs`, { method: 'POST', headers, body: {
      apiVersion: 'batch/v1', kind: 'Job',
      metadata: {
        name: `${name.slice(0, NAME_LENGTH)}-${build_job_id.slice(0, 8)}-${attempt}`, labels: jobTemplate.metadata?.labels,
        annotations: { ...jobTemplate.metadata?.annotations, 'cronjob.kubernetes.io/instantiate': 'manual', 'shotlog/build-job': build_job_id },
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid, controller: true }],
      },
      spec: jobTemplate.spec,
    } });
  },
});

/** The scheduler that the environment names; null when workers are started otherwise. */
export const openRunner = (config: PlaylistsConfig): Runner | null =>
  ({ none: null, nomad: nomadRunner(config), kubernetes: kubernetesRunner(config) })[config.BUILD_RUNNER];
