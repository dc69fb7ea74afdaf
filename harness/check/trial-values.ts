import type { Scalar } from '../../reports/result.ts';
import type { JournalView } from './journal-view.ts';
import { trial } from './trial.ts';

/** The numbers of a trial for result.json; null where the journal cannot tell. */
export function trialValues(view: JournalView): Record<string, Scalar | null> {
  const found = trial(view);
  const said = view.mark('trial')?.data ?? {};
  const told = 'why' in found ? undefined : found;
  const of = <K extends Exclude<keyof NonNullable<typeof told>, 'evidence'>>(key: K) => told?.[key] ?? null;
  return {
    trigger: said.trigger ?? null,
    safeguards: said.safeguards ?? null,
    fate: of('fate'),
    outcome: of('fate'),
    closedSeconds: of('closedSeconds'),
    exposureSeconds: of('exposureSeconds'),
    violatingPodsAdmitted: of('violatingPodsAdmitted'),
    refusedRequests: of('refusedRequests'),
    blockedRollouts: of('blockedRollouts'),
    gatekeeperOutageSeconds: of('outageSeconds'),
    minReadyReplicas: of('minReadyReplicas'),
    slowestRequestSeconds: of('slowestRequestSeconds'),
    replicas: said.replicas ?? null,
    reservedCpuCores: said.reservedCpuCores ?? null,
    exposesByDesign: said.exposes ?? null,
    patch: said.patch ?? null,
    patchIs: said.patchIs ?? null,
  };
}
