import type { SessionDescription } from 'sdp-transform';
import { type Codec, describeCodec } from '../codecs/codecs.ts';

/** The head of our descriptions: one bundle of all sections. */
export function session(version: number, mids: readonly string[]): Omit<SessionDescription, 'media'> {
  return {
    version: 0,
    origin: {
      username: 'stoa',
      sessionId: 1,
      sessionVersion: version,
      netType: 'IN',
      ipVer: 4,
      address: '127.0.0.1',
    },
    name: '-',
    timing: { start: 0, stop: 0 },
    groups: [{ type: 'BUNDLE', mids: mids.join(' ') }],
    msidSemantic: { semantic: 'WMS', token: '*' },
    extmapAllowMixed: 'extmap-allow-mixed',
  };
}

/** What receivers of a codec may tell its sender. */
export function feedback(codec: Codec, payload: number) {
  const entries: readonly (readonly [type: string, subtype?: string])[] =
    describeCodec(codec).kind === 'audio'
      ? [['transport-cc'], ['nack']]
      : [['transport-cc'], ['goog-remb'], ['ccm', 'fir'], ['nack'], ['nack', 'pli']];
  return entries.map(([type, subtype]) => ({ payload, type, ...(subtype === undefined ? {} : { subtype }) }));
}
