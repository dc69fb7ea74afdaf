import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { missingRoom } from '../../../clusters/node-image/fitness.ts';

describe('node image: what making one needs', () => {
  it('finds no fault with a disk that has room, also for a folder that is not there yet', async () => {
    expect(await missingRoom(tmpdir(), 1, 'make room')).to.deep.equal([]);
    expect(await missingRoom(join(tmpdir(), 'not', 'there', 'yet'), 1, 'make room')).to.deep.equal([]);
  });

  it('says how much a full disk has and needs, and what to do', async () => {
    const [missing, ...more] = await missingRoom(join(tmpdir(), 'not-there-yet'), 1e18, 'make room');
    expect(more).to.deep.equal([]);
    expect(missing?.what).to.match(/^room on the disk of .*not-there-yet: [\d.]+ GB free, 1000000000\.0 GB needed$/);
    expect(missing?.remedy).to.equal('make room');
  });

  it('does not judge the disk of a Docker on another machine', async () => {
    expect(await missingRoom('/no-such-top-folder/docker', 1e18, 'make room')).to.deep.equal([]);
  });
});
