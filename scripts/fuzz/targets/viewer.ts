import { BandwidthEstimator } from '../../../packages/media/src/bandwidth/estimator.ts';
import { Prober } from '../../../packages/media/src/bandwidth/prober.ts';
import { SendLog } from '../../../packages/media/src/bandwidth/send-log.ts';
import { readRtcp } from '../../../packages/media/src/rtcp/read.ts';
import { writeRtcp } from '../../../packages/media/src/rtcp/write.ts';
import { readCorpus, type Target } from '../target.ts';

/** What a viewer answers: reports, requests, and feedback, which drives the estimate of its path. */
export const viewer: Target = {
  corpora: [readCorpus('rtcp')],
  open() {
    const sent = new SendLog();
    const estimator = new BandwidthEstimator();
    const prober = new Prober();
    prober.wanted = 5_000_000;
    let now = 1_800_000_000_000;
    return (input) => {
      now += 20;
      for (let count = 0; count < 8; count += 1) sent.add(1000, now);
      prober.due(now, estimator.bitrate, estimator.sent(now));
      for (const message of readRtcp(input)) {
        if (message.type === 'receiverEstimate') estimator.onReceiverEstimate(message.bitrate, now);
        if (message.type === 'receiverReport')
          for (const { fractionLost } of message.reports) estimator.onReport(fractionLost, now);
        if (message.type === 'transportFeedback') {
          const packets = sent.acknowledge(message, now);
          estimator.onFeedback(packets, now, prober);
          const found = prober.onFeedback(packets, now);
          if (found !== undefined) estimator.onProbe(found, now);
        }
        // Feedback is written of what was measured, whose times are no farther apart than a message can tell.
        if (message.type !== 'transportFeedback') writeRtcp(message);
      }
      if (!(estimator.bitrate > 0)) throw new Error(`The estimate is ${estimator.bitrate}.`);
    };
  },
};
