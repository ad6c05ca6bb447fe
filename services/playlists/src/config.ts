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
  /** The studio's time zone (IANA name), for exports. */
  DEFAULT_TIMEZONE: z.string().default('Europe/Paris').refine((zone) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
    } catch {
      return false;
    }
  }, 'is no time zone: Europe/Paris, say'),
});
