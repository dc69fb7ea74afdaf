/** What a trial writes down about itself. */
export type TrialData = {
  /** Names with a plus between them; empty for none. */
  safeguards: string;
  replicas: number;
  reservedCpuCores: number;
  /** What is let through by design. */
  exposes?: string;
  /** Of a single safeguard: what to apply for it, and what that is. */
  patch?: string;
  patchIs?: string;
};
