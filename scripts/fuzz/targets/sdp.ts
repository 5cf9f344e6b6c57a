import { writePublishAnswer } from '../../../packages/media/src/sdp/publish-answer.ts';
import { readPublishOffer } from '../../../packages/media/src/sdp/publish-offer.ts';
import { readSlotsAnswer } from '../../../packages/media/src/sdp/slots-offer.ts';
import { readSynthetic, syntheticDescription } from '../../../packages/media/src/sdp/synthetic.ts';
import { offeredStreams } from '../../../packages/server/src/rooms/whip.ts';
import { readCorpus, type Target } from '../target.ts';

const ours = {
  iceUfrag: 'abcd',
  icePwd: '0123456789012345678901',
  fingerprint: { type: 'sha-256', hash: Array.from({ length: 32 }, () => 'AB').join(':') },
  setup: 'passive',
  candidates: [],
};
const slots = [
  { mid: 'a0', kind: 'audio', ssrc: 1000, rtxSsrc: 0 },
  { mid: 'v1', kind: 'video', ssrc: 1002, rtxSsrc: 1003 },
] as const;

/** Offers of publishers and answers of viewers: what the library is given of them is what it can read. */
export const sdp: Target = {
  corpora: [readCorpus('sdp')],
  open() {
    return (input) => {
      const text = Buffer.from(input).toString();
      refusable(() => {
        const offer = readPublishOffer(text);
        writePublishAnswer(offer, ours, 1);
        readSynthetic(syntheticDescription(offer.peer, 'active'));
      });
      refusable(() => readSynthetic(syntheticDescription(readSlotsAnswer(text, slots), 'active')));
    };
  },
};

/** Offers of encoders, which come by HTTP. */
export const whip: Target = {
  corpora: [readCorpus('sdp')],
  open() {
    return (input) => {
      const text = Buffer.from(input).toString();
      refusable(() => offeredStreams(text));
    };
  },
};

/** One refusal does not keep the rest from being tried. */
function refusable(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'StoaError')) throw error;
  }
}
