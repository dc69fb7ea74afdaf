import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { delayed } from '../../../clusters/providers/embedded/agent/delay-line.ts';

describe('node agent: delay line', () => {
  let server: Server;
  let sockets: Socket[];
  beforeEach(async () => {
    sockets = [];
    server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  /** Two ends of one connection. */
  const pair = async (): Promise<[Socket, Socket]> => {
    const here = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [there] = (await once(server, 'connection')) as [Socket];
    sockets.push(here);
    return [here, there];
  };

  it('passes everything on in order, as late as it is told when it comes, its end included', async () => {
    const [[a, b], [c, d]] = [await pair(), await pair()];
    let delay = 0.2;
    delayed(b, c, () => delay);
    let got = '';
    d.on('data', (data) => {
      got += data;
    });
    const began = performance.now();
    a.write('one ');
    await new Promise((resolve) => setTimeout(resolve, 20));
    // The road is short again, but nothing overtakes what is on it.
    delay = 0;
    a.end('two');
    await once(d, 'end');
    expect(performance.now() - began).to.be.above(190);
    expect(got).to.equal('one two');
  });
});
