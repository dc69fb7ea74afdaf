import { expect } from 'chai';
import { schedulerSample } from '../../../harness/observe/scheduler-metrics.ts';

const TEXT = `# HELP scheduler_pending_pods [STABLE] Number of pending pods
# TYPE scheduler_pending_pods gauge
scheduler_pending_pods{queue="active"} 1
scheduler_pending_pods{queue="backoff"} 20
scheduler_pending_pods{queue="gated"} 4
scheduler_pending_pods{queue="unschedulable"} 300
scheduler_preemption_attempts_total 5
scheduler_schedule_attempts_total{profile="default-scheduler",result="scheduled"} 7
scheduler_schedule_attempts_total{profile="other",result="scheduled"} 2
scheduler_schedule_attempts_total{profile="default-scheduler",result="unschedulable"} 1e+03
`;

describe('scheduler metrics', () => {
  it('are the depth of its queues and its attempts, of all profiles together', () => {
    expect(schedulerSample(TEXT)).to.deep.equal({
      type: 'scheduler',
      pending: { active: 1, backoff: 20, unschedulable: 300 },
      attempts: { scheduled: 9, unschedulable: 1000, error: 0 },
      preemptions: 5,
    });
  });

  it('are refused when they are somebody else’s', () => {
    expect(() => schedulerSample('etcd_server_has_leader 1\n')).to.throw('scheduler_pending_pods{queue="active"}');
  });
});
