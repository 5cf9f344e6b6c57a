import { reach, withoutAddresses } from '../support/server-addresses.ts';

/** A page that publishes a camera in two layers and a microphone, and watches another's: plain WebRTC, without any SDK. */
const sending = new RTCPeerConnection();
const receiving = new RTCPeerConnection();

/** What has been received until a moment; counts from the beginning. */
export interface Sample {
  /** Milliseconds of the page. */
  readonly at: number;
  readonly frames: number;
  /** Of the newest picture; 0 before the first. */
  readonly height: number;
  /** Of sound: what was made up because nothing had come, and all. */
  readonly concealed: number;
  readonly samples: number;
  readonly audioPackets: number;
  /** Packets of sound that have not come, or too late to be heard. */
  readonly missed: number;
}

const everyMs = 200;
const taken: Sample[] = [];

receiving.ontrack = ({ track }) => {
  const element = document.createElement(track.kind === 'video' ? 'video' : 'audio');
  element.autoplay = true;
  element.muted = track.kind === 'video';
  element.srcObject = new MediaStream([track]);
  document.body.append(element);
};

async function take(): Promise<void> {
  const reports: RTCInboundRtpStreamStats[] = [...(await receiving.getStats()).values()];
  const of = (kind: string) =>
    reports.find((report) => report.type === 'inbound-rtp' && report.kind === kind);
  const [video, audio] = [of('video'), of('audio')];
  taken.push({
    at: performance.now(),
    frames: video?.framesDecoded ?? 0,
    height: video?.frameHeight ?? 0,
    concealed: audio?.concealedSamples ?? 0,
    samples: audio?.totalSamplesReceived ?? 0,
    audioPackets: audio?.packetsReceived ?? 0,
    missed: (audio?.packetsLost ?? 0) + (audio?.packetsDiscarded ?? 0),
  });
}

async function gathered(peer: RTCPeerConnection): Promise<string> {
  if (peer.iceGatheringState !== 'complete') {
    await new Promise<void>((resolve) => {
      peer.onicegatheringstatechange = () => {
        if (peer.iceGatheringState === 'complete') resolve();
      };
    });
  }
  return peer.localDescription?.sdp ?? '';
}

/** A picture that no encoder makes small: noise, in squares. */
function noise(height: number, rate: number): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  canvas.width = (height * 16) / 9;
  canvas.height = height;
  const small = new OffscreenCanvas(80, 45);
  const [context, pixels] = [canvas.getContext('2d'), small.getContext('2d')];
  setInterval(() => {
    if (context === null || pixels === null) return;
    const image = pixels.createImageData(small.width, small.height);
    for (let at = 0; at < image.data.length; at += 1) image.data[at] = Math.random() * 255;
    pixels.putImageData(image, 0, 0);
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
  }, 1000 / rate);
  const [track] = canvas.captureStream(rate).getVideoTracks();
  if (track === undefined) throw new Error('There is no picture.');
  return track;
}

/** A tone, which may be turned off. */
const audio = new AudioContext();
const loudness = audio.createGain();

function tone(): MediaStreamTrack {
  const destination = audio.createMediaStreamDestination();
  const source = audio.createOscillator();
  source.connect(loudness).connect(destination);
  source.start();
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error('There is no sound.');
  return track;
}

export interface Publishing {
  /** Pixels and pictures per second of the larger layer; the other has half of it each way. */
  readonly height: number;
  readonly rate: number;
  /** Every packet of sound has that before it, too (RFC 2198). */
  readonly red?: boolean;
  /** One layer only. */
  readonly single?: boolean;
}

const page = {
  /** The microphone is in the first m-line, the camera in the second. */
  async offer({ height, rate, red, single }: Publishing): Promise<string> {
    await audio.resume();
    const microphone = sending.addTransceiver(tone(), { direction: 'sendonly' });
    const codecs = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [];
    const [redundant, others] = [true, false].map((is) =>
      codecs.filter(({ mimeType }) => (mimeType === 'audio/red') === is),
    );
    if (red && redundant !== undefined) microphone.setCodecPreferences([...redundant, ...(others ?? [])]);
    const layers = [
      { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 150_000 },
      { rid: 'f', maxBitrate: 450_000 },
    ];
    sending.addTransceiver(noise(height, rate), {
      direction: 'sendonly',
      sendEncodings: single ? [{ maxBitrate: 700_000 }] : layers,
    });
    await sending.setLocalDescription();
    return gathered(sending);
  },

  async accept(sdp: string): Promise<void> {
    await sending.setRemoteDescription({ type: 'answer', sdp });
  },

  /** Turns layers on and off, as the server wants them. */
  async encode(wishes: readonly { readonly rid: string; readonly active: boolean }[]): Promise<void> {
    const sender = sending.getSenders().find(({ track }) => track?.kind === 'video');
    if (sender === undefined) return;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) {
      encoding.active = wishes.find(({ rid }) => rid === encoding.rid)?.active ?? true;
    }
    await sender.setParameters(parameters);
  },

  async answer(offer: string): Promise<string> {
    await receiving.setRemoteDescription({ type: 'offer', sdp: withoutAddresses(offer) });
    await receiving.setLocalDescription();
    return gathered(receiving);
  },

  /** The server has taken the answer to this offer. */
  async watch(offer: string): Promise<void> {
    await reach(receiving, offer);
    setInterval(() => void take(), everyMs);
  },

  /** Whether there is something to hear. */
  speak(isLoud: boolean): void {
    loudness.gain.value = isLoud ? 1 : 0;
  },

  /** Packets of sound that were sent. */
  async audioPackets(): Promise<number> {
    const reports: RTCOutboundRtpStreamStats[] = [...(await sending.getStats()).values()];
    return reports.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'audio')?.packetsSent ?? 0;
  },

  samples: (): readonly Sample[] => taken,
};

export type NetworkPage = typeof page;

Object.assign(globalThis, { networkPage: page });
