import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OfferedStream } from '../engine/media-engine.ts';
import { readRtcp } from '../rtcp/read.ts';
import { isRtcp } from '../rtp/rtp-header.ts';
import { parametersOf, publishOffer, withoutCandidates } from '../testing/client-sdp.ts';
import { rtpPacket, vp8Payload } from '../testing/packets.ts';
import { until } from '../testing/until.ts';
import { comesUp, untilUp } from '../testing/until-up.ts';
import { Connection } from './connection.ts';
import { SendTransport } from './send-transport.ts';

const camera: OfferedStream = { mid: '0', kind: 'camera', name: 'cam' };
const options = { bindAddress: '127.0.0.1' };

/** A browser that begins its picture anew, with another SSRC each time. */
class Client {
  readonly connection: Connection;
  readonly transport: SendTransport;
  /** Sources of which the last receiver report tells. */
  reported = 0;
  readonly sources: number[];
  packets = 0;

  static async open(): Promise<Client> {
    const sources: number[] = [];
    let client: Client | undefined;
    const connection = await Connection.offering(options, {
      onPacket: (packet) => client?.receive(packet),
      onState: () => {},
    });
    const sdp = publishOffer([camera], withoutCandidates(connection.ours));
    const transport = await SendTransport.open('s1', sdp, options, {
      onSource: (_, { ssrc }) => sources.push(ssrc),
      onPacket: () => {
        if (client !== undefined) client.packets += 1;
      },
      onState: () => {},
    });
    connection.accept(parametersOf(transport.answer));
    client = new Client(connection, transport, sources);
    return client;
  }

  private constructor(connection: Connection, transport: SendTransport, sources: number[]) {
    this.connection = connection;
    this.transport = transport;
    this.sources = sources;
  }

  isUp(): Promise<boolean> {
    return comesUp(this.connection);
  }

  send(ssrc: number, sequence = 1): void {
    const extensions = [{ id: 4, data: Buffer.from(camera.mid) }];
    const payload = vp8Payload({ keyFrame: true, pictureId: sequence });
    this.connection.send(rtpPacket({ ssrc, sequence, marker: true, extensions, payload }));
  }

  receive(packet: Buffer): void {
    if (!isRtcp(packet)) return;
    for (const message of readRtcp(packet))
      if (message.type === 'receiverReport') this.reported = message.reports.length;
  }

  close(): void {
    this.connection.close();
    this.transport.close();
  }
}

let client: Client;

beforeEach(async () => {
  client = await untilUp(() => Client.open());
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});

afterEach(() => {
  vi.useRealTimers();
  client.close();
});

test('takes a picture that began anew any number of times, and keeps no more than two of them', async () => {
  for (let ssrc = 1; ssrc <= 40; ssrc += 1) {
    client.send(ssrc);
    await until(() => client.sources.at(-1) === ssrc);
    vi.setSystemTime(Date.now() + 1500);
  }
  expect(client.packets).toBe(40);
  client.transport.tick(Date.now());
  await until(() => client.reported > 0);
  expect(client.reported).toBe(2);
});

test('does not begin one anew for each packet of who changes its number all the time', async () => {
  for (let ssrc = 1; ssrc <= 40; ssrc += 1) client.send(ssrc);
  // Behind them all.
  client.send(1, 2);
  await until(() => client.packets === 3);
  expect(client.sources).toEqual([1, 2]);
});
