import { codecs } from '@stoa/protocol';
import { clientFrameArbitrary } from '@stoa/protocol/testing';
import { parseClientFrame } from '@stoa/protocol/validate';
import fc from 'fast-check';
import type { Corpus, Target } from '../target.ts';

const frames = fc.sample(clientFrameArbitrary(), { numRuns: 120, seed: 1 });

/** What clients send through a WebSocket, in both forms. */
export const clientFrames: Target = {
  corpora: codecs.map((codec) => ({
    name: codec.subprotocol,
    inputs: frames.map((frame) => new Uint8Array(Buffer.from(codec.encode(frame)))),
  })),
  open({ name }: Corpus) {
    const [binary, text] = codecs;
    const isText = !name.includes(binary?.subprotocol ?? '');
    return (input) => {
      const data = isText ? Buffer.from(input).toString() : input;
      for (const value of (isText ? text : binary)?.decode(data) ?? []) parseClientFrame(value);
    };
  },
};
