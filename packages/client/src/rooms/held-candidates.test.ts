import { expect, it } from 'vitest';
import { holdCandidates } from './held-candidates.ts';

it('takes the addresses out of every section of an offer, and keeps those of the first', () => {
  const host = 'candidate:1 1 UDP 2114977791 192.0.2.7 40000 typ host';
  const six = 'candidate:2 1 UDP 2114977790 2001:db8::7 40000 typ host';
  const section = (mid: string) => [`m=audio 9 UDP/TLS/RTP/SAVPF 111`, `a=mid:${mid}`, 'a=ice-ufrag:abcd'];
  const addresses = [`a=${host}`, `a=${six}`, 'a=end-of-candidates'];
  const text = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n`;
  const head = ['v=0', 's=-', 'a=group:BUNDLE a0 a1'];
  const offer = text([...head, ...section('a0'), ...addresses, ...section('a1'), ...addresses]);
  expect(holdCandidates(offer)).toEqual({
    sdp: text([...head, ...section('a0'), ...section('a1')]),
    candidates: [
      { candidate: host, sdpMLineIndex: 0 },
      { candidate: six, sdpMLineIndex: 0 },
    ],
  });
});

it('leaves an offer without addresses as it is', () => {
  expect(holdCandidates('v=0 a0 v0')).toEqual({ sdp: 'v=0 a0 v0', candidates: [] });
});
