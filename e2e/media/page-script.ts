import { reach, withoutAddresses } from '../support/server-addresses.ts';

/** What the pages of these tests can do: plain WebRTC, without any SDK. */
const peer = new RTCPeerConnection();
const tracks = new Map<string, MediaStreamTrack>();

peer.ontrack = ({ track, transceiver }) => {
  tracks.set(transceiver.mid ?? '', track);
  const element = document.createElement(track.kind === 'video' ? 'video' : 'audio');
  element.autoplay = true;
  element.muted = track.kind === 'video';
  element.srcObject = new MediaStream([track]);
  document.body.append(element);
};

async function gathered(): Promise<string> {
  if (peer.iceGatheringState !== 'complete') {
    await new Promise<void>((resolve) => {
      peer.onicegatheringstatechange = () => {
        if (peer.iceGatheringState === 'complete') resolve();
      };
    });
  }
  return peer.localDescription?.sdp ?? '';
}

const page = {
  /** Offers a camera of this height, in three layers or one, and a microphone. */
  async offer({
    height,
    layers,
    audio,
  }: {
    height: number;
    layers: boolean;
    audio: boolean;
  }): Promise<string> {
    const media = await navigator.mediaDevices.getUserMedia({
      video: { width: (height * 16) / 9, height, frameRate: 10 },
      audio,
    });
    const [microphone] = media.getAudioTracks();
    const [camera] = media.getVideoTracks();
    if (camera === undefined) throw new Error('There is no camera.');
    if (microphone !== undefined)
      peer.addTransceiver(microphone, { direction: 'sendonly', streams: [media] });
    const encodings = [
      { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 100_000 },
      { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 300_000 },
      { rid: 'f', maxBitrate: 700_000 },
    ];
    peer.addTransceiver(camera, {
      direction: 'sendonly',
      streams: [media],
      sendEncodings: layers ? encodings : [{ maxBitrate: 300_000 }],
    });
    await peer.setLocalDescription();
    return gathered();
  },

  async accept(sdp: string): Promise<void> {
    await peer.setRemoteDescription({ type: 'answer', sdp });
  },

  async answer(offer: string): Promise<string> {
    await peer.setRemoteDescription({ type: 'offer', sdp: withoutAddresses(offer) });
    await peer.setLocalDescription();
    return gathered();
  },

  /** The server has taken the answer to its first offer. */
  reach: (offer: string): Promise<void> => reach(peer, offer),

  /** What has been received in an m-line. */
  async received(mid: string) {
    const reports: RTCInboundRtpStreamStats[] = [...(await peer.getStats()).values()];
    const found = reports.find((report) => report.type === 'inbound-rtp' && report.mid === mid);
    return {
      frames: found?.framesDecoded ?? 0,
      height: found?.frameHeight ?? 0,
      lost: found?.packetsLost ?? 0,
      energy: found?.totalAudioEnergy ?? 0,
    };
  },

  /** Resolves when this many frames of this height have been decoded in an m-line. */
  async sees(mid: string, height: number, frames: number): Promise<void> {
    let first: number | undefined;
    for (;;) {
      const seen = await page.received(mid);
      if (seen.height !== height) first = undefined;
      else first ??= seen.frames;
      if (first !== undefined && seen.frames >= first + frames) return;
      await new Promise(requestAnimationFrame);
    }
  },

  async hears(mid: string): Promise<void> {
    while ((await page.received(mid)).energy === 0) await new Promise(requestAnimationFrame);
  },

  /** The DTLS and SRTP that were agreed on. */
  async security() {
    const reports: RTCTransportStats[] = [...(await peer.getStats()).values()];
    return reports.find(({ type }) => type === 'transport')?.srtpCipher;
  },
};

export type MediaPage = typeof page;

Object.assign(globalThis, { mediaPage: page });
