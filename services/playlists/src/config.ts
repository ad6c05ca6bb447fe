import { z } from 'zod';

/** What of the environment concerns playlists. */
export const PlaylistsConfig = z.object({
  DATA_DIR: z.string().default('./data'),
  /** How many playlists this process builds at once; 0: none, others do. */
  BUILD_WORKERS: z.coerce.number().int().min(0).max(64).default(1),
  /** A worker that says nothing for so many seconds is taken for dead. */
  BUILD_LEASE_S: z.coerce.number().int().min(3).max(3_600).default(15),
  /** Ends the process once there was nothing to build for so many seconds: workers that a scheduler starts. 0: never. */
  BUILD_EXIT_IDLE_S: z.coerce.number().int().min(0).max(86_400).default(0),
  /** Who is asked for a worker when there is something to build: `nomad`, `kubernetes`, or nobody. */
  BUILD_RUNNER: z.enum(['none', 'nomad', 'kubernetes']).default('none'),
  /** After so many seconds without a worker another one is asked for. */
  BUILD_DISPATCH_AGAIN_S: z.coerce.number().int().min(1).max(86_400).default(120),
  /** Nomad's HTTP API, and the parameterised job to dispatch. */
  NOMAD_ADDR: z.string().default('http://127.0.0.1:4646'),
  NOMAD_TOKEN: z.string().optional(),
  NOMAD_NAMESPACE: z.string().optional(),
  NOMAD_JOB: z.string().default('shotlog-playlists-worker'),
  /** The API of Kubernetes, and the CronJob whose template makes workers. Namespace and token are the pod's own unless given. */
  KUBERNETES_URL: z.string().default('https://kubernetes.default.svc'),
  KUBERNETES_NAMESPACE: z.string().optional(),
  KUBERNETES_TOKEN_FILE: z.string().optional(),
  KUBERNETES_CRONJOB: z.string().default('shotlog-playlists-worker'),
  /** The largest file that a guest may put beside a comment. */
  GUEST_UPLOAD_MAX_BYTES: z.coerce.number().int().min(1).default(250 * 1024 ** 2),
  /** How many files guests may put beside one comment, and by one share link in all. */
  GUEST_FILES_PER_COMMENT: z.coerce.number().int().min(0).max(200).default(20),
  GUEST_FILES_PER_LINK: z.coerce.number().int().min(0).default(500),
  /** The studio's time zone (IANA name), for exports. */
  DEFAULT_TIMEZONE: z.string().default('Europe/Paris').refine((zone) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
    } catch {
      return false;
    }
  }, 'is no time zone: Europe/Paris, say'),
});
export type PlaylistsConfig = z.infer<typeof PlaylistsConfig>;
