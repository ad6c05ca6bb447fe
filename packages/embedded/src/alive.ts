/** Sends a signal; false where the process has ended, also in this very moment, or is not ours to tell. */
export const tell = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

/** Whether a process runs, as far as this one may know. */
export const alive = (pid: number): boolean => tell(pid, 0);
