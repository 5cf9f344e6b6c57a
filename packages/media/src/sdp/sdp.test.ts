import { StoaError } from '@stoa/protocol';
import fc from 'fast-check';
import { parse } from 'sdp-transform';
import { expect, test } from 'vitest';
import { extensionUris } from '../rtp/header-extensions.ts';
import { numbersOf, playedSections, writePlayAnswer } from './play-answer.ts';
import { writePublishAnswer } from './publish-answer.ts';
import { readPublishOffer } from './publish-offer.ts';
import { readSlotsAnswer, writeSlotsOffer } from './slots-offer.ts';
import { readSynthetic, syntheticDescription } from './synthetic.ts';

/** As a browser offers a microphone, a camera in three layers, a camera turned off, and a data channel. */
const offer = `v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2 3
a=ice-ufrag:abcd
a=ice-pwd:0123456789012345678901
a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}
a=setup:actpass
m=audio 9 UDP/TLS/RTP/SAVPF 111 9
a=mid:0
a=sendonly
a=candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host
a=candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active
a=candidate:3 1 udp 2113937151 0b2c.local 50000 typ host
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10
a=rtpmap:9 G722/8000
a=extmap:7 urn:ietf:params:rtp-hdrext:sdes:mid
m=video 9 UDP/TLS/RTP/SAVPF 100 101 102 103 104
a=mid:1
a=sendonly
a=rtpmap:100 VP8/90000
a=rtpmap:101 rtx/90000
a=fmtp:101 apt=100
a=rtpmap:102 H264/90000
a=fmtp:102 packetization-mode=0;profile-level-id=42e01f
a=rtpmap:103 H264/90000
a=fmtp:103 packetization-mode=1;profile-level-id=42e01f
a=rtpmap:104 VP9/90000
a=fmtp:104 profile-id=2
a=extmap:7 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:8 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=rid:q send
a=rid:h send
a=rid:f send
a=simulcast:send q;h;f
m=video 9 UDP/TLS/RTP/SAVPF 100
a=mid:2
a=inactive
a=rtpmap:100 VP8/90000
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=mid:3
`.replaceAll('\n', '\r\n');

const ours = { ...readPublishOffer(offer).peer, candidates: [] };

test('answers what can be forwarded, under the numbers of the offer, and refuses the rest', () => {
  const answer = parse(writePublishAnswer(readPublishOffer(offer), ours, 3));
  expect(answer.groups).toEqual([{ type: 'BUNDLE', mids: '0 1 2' }]);
  const [audio, camera, off, data] = answer.media;
  expect(audio).toMatchObject({
    payloads: 111,
    direction: 'recvonly',
    setup: 'passive',
    rtcpMux: 'rtcp-mux',
  });
  expect(audio?.ext).toMatchObject([{ value: 7 }]);
  expect(audio?.fmtp).toEqual([{ payload: 111, config: 'minptime=10;usedtx=1' }]);
  expect(audio?.rtcpFb?.map(({ type }) => type)).toContain('nack');
  expect(camera).toMatchObject({ payloads: '100 101 103', simulcast: { dir1: 'recv', list1: 'q;h;f' } });
  expect(camera?.rids?.map(({ id, direction }) => `${id} ${direction}`)).toEqual([
    'q recv',
    'h recv',
    'f recv',
  ]);
  expect(camera?.rtcpFb?.filter(({ payload }) => payload === 100).map(({ type }) => type)).toContain(
    'transport-cc',
  );
  expect(off).toMatchObject({ direction: 'inactive' });
  expect(data).toMatchObject({ port: 0 });
});

test('answers a player under its own numbers, with what it takes and we have', () => {
  const asked = readPublishOffer(
    offer
      .replaceAll('a=sendonly', 'a=recvonly')
      .replace('a=rtpmap:103', 'a=rtcp-fb:103 nack\r\na=rtcp-fb:* goog-remb\r\na=rtpmap:103')
      .replace(
        'a=rid',
        `a=extmap:3 ${extensionUris.transportCc}\r\na=extmap:15 ${extensionUris.absSendTime}\r\na=rid`,
      ),
  );
  const played = playedSections(asked);
  expect(played.map(({ mid }) => mid)).toEqual(['0', '1']);
  const slots = new Map(played.map((each, index) => [each.mid, { ...each, ssrc: 1000 + index, rtxSsrc: 0 }]));
  const answer = parse(writePlayAnswer(asked, slots, ours));
  expect(answer.groups).toEqual([{ type: 'BUNDLE', mids: '0 1' }]);
  const [audio, video, off, data] = answer.media;
  expect(audio).toMatchObject({
    direction: 'sendonly',
    setup: 'passive',
    payloads: 111,
    ssrcs: [{ id: 1000 }],
  });
  expect(video).toMatchObject({ direction: 'sendonly', payloads: '100 101 103', ext: [{ value: 3 }] });
  expect(video?.rtcpFb?.map(({ payload, type }) => `${payload} ${type}`)).toEqual([
    '100 goog-remb',
    '103 goog-remb',
    '103 nack',
  ]);
  expect(video?.simulcast).toBeUndefined();
  expect([off?.port, data?.port]).toEqual([0, 0]);
  // As aiortc offers: one number for two extensions of a bundle.
  const [audioLevel, sendTime] = [extensionUris.audioLevel, extensionUris.absSendTime];
  const twice = offer
    .replaceAll('a=sendonly', 'a=recvonly')
    .replace('a=mid:0', `a=extmap:2 ${audioLevel}\r\na=mid:0`)
    .replace('a=mid:1', `a=extmap:2 ${sendTime}\r\na=mid:1`);
  expect(playedSections(readPublishOffer(twice)).map(({ extensions }) => extensions)).toEqual([{}, {}]);
  const [, numbers] = played.map(numbersOf);
  expect(numbers?.payloadTypes.get('VP8')).toEqual({ payloadType: 100, rtxPayloadType: 101 });
  expect(() => playedSections(readPublishOffer(offer))).toThrow(StoaError);
});

test('gives the library one m-line and the candidates that can be reached', () => {
  const synthetic = syntheticDescription(readPublishOffer(offer).peer, 'active');
  expect(parse(synthetic).media).toHaveLength(1);
  expect(readSynthetic(synthetic)).toMatchObject({ iceUfrag: 'abcd', setup: 'active' });
  expect(readSynthetic(synthetic).candidates.map(({ ip, port }) => `${ip} ${port}`)).toEqual([
    '192.0.2.1 50000',
  ]);
});

test('offers slots with fixed SSRCs, and takes only the answer that fits', () => {
  const slots = [
    { mid: 'a0', kind: 'audio', ssrc: 1000, rtxSsrc: 0 },
    { mid: 'v0', kind: 'video', ssrc: 1002, rtxSsrc: 1003 },
  ] as const;
  const written = writeSlotsOffer(slots, ours, 1);
  const [audio, video] = parse(written).media;
  expect(audio).toMatchObject({ mid: 'a0', direction: 'sendonly', ssrcs: [{ id: 1000 }] });
  expect(video).toMatchObject({ ssrcGroups: [{ semantics: 'FID', ssrcs: '1002 1003' }] });
  expect(readSlotsAnswer(written, slots)).toMatchObject({ iceUfrag: 'abcd' });
  expect(() => readSlotsAnswer(written, slots.slice(1))).toThrow(StoaError);
});

test.each([
  ['no SDP', 'hello'],
  ['no ICE', offer.replace(/a=ice-ufrag.*\r\n/, '')],
  ['a line break in the credentials', offer.replace('a=ice-pwd:0123', 'a=ice-pwd:01 23')],
  ['too many layers', offer.replace('send q;h;f', 'send a;b;c;d;e')],
  ['a m-line without mid', offer.replace('a=mid:1\r\n', '')],
  ['far too much', offer + 'a=x\r\n'.repeat(50_000)],
])('refuses an offer with %s', (_, sdp) => {
  expect(() => readPublishOffer(sdp)).toThrow(StoaError);
});

test('answers or refuses, whatever the offer, and fails in no other way', () => {
  const changes = fc.array(fc.tuple(fc.nat(offer.length), fc.string({ maxLength: 8 }), fc.nat(20)), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(changes, (all) => {
      let sdp = offer;
      for (const [at, text, cut] of all) sdp = sdp.slice(0, at) + text + sdp.slice(at + cut);
      try {
        writePublishAnswer(readPublishOffer(sdp), ours, 1);
        playedSections(readPublishOffer(sdp.replaceAll('sendonly', 'recvonly')));
      } catch (error) {
        expect(error).toBeInstanceOf(StoaError);
      }
    }),
    { numRuns: 400 },
  );
});
