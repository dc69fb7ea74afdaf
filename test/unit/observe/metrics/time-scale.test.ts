import { expect } from 'chai';
import { durationOf, scaled, scaledExpr, secondsOf } from '../../../../harness/observe/metrics/time-scale.ts';

describe('metrics: time scale', () => {
  it('reads durations as Prometheus does', () => {
    expect(secondsOf('1h30m')).to.equal(5400);
    expect(secondsOf('250ms')).to.equal(0.25);
    expect(secondsOf('0')).to.equal(0);
    for (const none of ['', 'fast', '5', '5 m', 'm']) expect(secondsOf(none), none).to.equal(undefined);
    expect(durationOf(40)).to.equal('40000ms');
    expect(durationOf(0)).to.equal('1ms');
  });

  it('shortens what is a time in an expression, and nothing else', () => {
    const by60 = (expr: string) => scaledExpr(expr, 60);
    expect(by60('rate(x[5m])')).to.equal('rate(x[5000ms])');
    expect(by60('max_over_time(rate(x[5m])[1h:10m])')).to.equal('max_over_time(rate(x[5000ms])[60000ms:10000ms])');
    expect(by60('x offset 1h > 600')).to.equal('x offset 60000ms > 600');
    expect(by60('time() - timestamp(x) > 600')).to.equal('time() - timestamp(x) > 10');
    expect(by60('time() - x >= 90 and y > 600')).to.equal('time() - x >= 1.5 and y > 600');
    expect(by60('time() - x{a="b}"} > 600')).to.equal('time() - x{a="b}"} > 10');
    expect(by60('up{path="a[5m]"} == 0')).to.equal('up{path="a[5m]"} == 0');
    expect(by60('absent(x{a=~"b[0-9]+"})')).to.equal('absent(x{a=~"b[0-9]+"})');
  });

  it('shortens the fields that are durations, wherever they stand', () => {
    const file = {
      groups: [
        { name: '5m', interval: '1m', rules: [{ alert: 'A', expr: 'up == 0', for: '15m', labels: { for: 'me' } }] },
      ],
    };
    expect(scaled(file, 60)).to.deep.equal({
      groups: [
        {
          name: '5m',
          interval: '1000ms',
          rules: [{ alert: 'A', expr: 'up == 0', for: '15000ms', labels: { for: 'me' } }],
        },
      ],
    });
    expect(scaled({ global: { scrape_interval: '0' }, x: null }, 60)).to.deep.equal({
      global: { scrape_interval: '0' },
      x: null,
    });
  });
});
