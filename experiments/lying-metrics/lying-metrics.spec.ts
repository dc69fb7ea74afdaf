import { expect, experiment, metricsTables } from 'falldown';

const HALF_AN_HOUR = 1800;
const TEN_MINUTES = 600;

experiment(
  'lying-metrics',
  {
    title: 'Everything is broken, and the dashboards are green',
    facts: ['F3', 'F4', 'F5'],
    needs: ['embedded'],
    profile: 'lying-metrics',
    typicalSeconds: 160,
  },
  ({ steadyState, method, check, conclude }) => {
    steadyState('the queue is at work, and every panel shows it', async (world) => {
      await world.gatekeeperEnforces(15);
      await world.services.arrive(0);
      await world.metrics.setUp(30);
      await world.fanOut.launch();
      await world.fanOut.created(1 / 50);
      await world.metrics.seen();
    });

    method('collision', 'what the metrics come through is evicted with the gatekeeper', async (world) => {
      await world.collision.inject();
      await world.metrics.silence(world.profile.timings.preemptionWithinSeconds);
    });

    method('silence', 'nobody touches anything; the dashboards stay open', async (world) => {
      await world.metrics.watch();
    });

    check('F8 the gatekeeper enforced before anything was done', (journal) => {
      expect(journal).to.startSteady();
    });
    check('F4 a plain scrape does not lie, however far a query looks back', (journal) => {
      expect(journal).to.lie({ server: 'as-it-was', setup: 'scrape', forSeconds: 0 });
    });
    check('F4 four ways to show the last known state for half an hour', (journal) => {
      for (const setup of ['last-over-time', 'remote-write', 'federation', 'statsd'])
        expect(journal).to.lie({ server: 'as-it-was', setup, forSeconds: HALF_AN_HOUR });
    });
    check('F4 what is sent on takes `up` along, and an intermediary is always up', (journal) => {
      for (const setup of ['remote-write', 'federation'])
        expect(journal).to.lie({ server: 'as-it-was', setup, what: 'up', forSeconds: HALF_AN_HOUR });
      expect(journal).to.lie({ server: 'as-it-was', setup: 'statsd', what: 'up', forSeconds: Infinity });
    });
    check('F4 a StatsD exporter without a ttl never stops', (journal) => {
      expect(journal).to.lie({ server: 'as-it-was', setup: 'statsd-without-ttl', forSeconds: Infinity });
    });
    check('F3 nobody is told by the alert that everybody has', (journal) => {
      expect(journal).to.stayQuiet({ server: 'as-it-was', alert: 'TargetDown', setup: 'remote-write' });
      expect(journal).to.stayQuiet({ server: 'as-it-was', alert: 'TargetDown', setup: 'statsd' });
    });
    check('F4 an alert on the age of samples resolves itself while everything is broken', (journal) => {
      for (const setup of ['remote-write', 'federation'])
        expect(journal).to.resolveItself({ server: 'as-it-was', alert: 'SampleIsOld', setup });
    });
    check('F5 the half-finished fix cures federation, and nothing else', (journal) => {
      expect(journal).to.lie({ server: 'half-fixed', setup: 'federation', forSeconds: 0 });
      for (const setup of ['last-over-time', 'remote-write', 'statsd'])
        expect(journal).to.lie({ server: 'half-fixed', setup, forSeconds: HALF_AN_HOUR });
    });
    check('F5 the completed fix: no value is shown for longer than ten minutes', (journal) => {
      expect(journal).to.tellTheTruth({ server: 'fixed', what: 'value', withinSeconds: TEN_MINUTES });
    });
    check('F3 the age of the last progress tells it, where values outlive their source', (journal) => {
      for (const server of ['as-it-was', 'half-fixed'])
        for (const setup of ['remote-write', 'statsd'])
          expect(journal).to.fire({ server, alert: 'NoProgress', setup, withinSeconds: TEN_MINUTES });
    });
    check('F3 F5 with the completed fix, absence tells it in every set-up', (journal) => {
      for (const setup of ['scrape', 'remote-write', 'federation', 'statsd'])
        expect(journal).to.fire({ server: 'fixed', alert: 'QueueGone', setup, withinSeconds: TEN_MINUTES });
    });

    conclude((_, __, journal) => metricsTables(journal));
  },
);
