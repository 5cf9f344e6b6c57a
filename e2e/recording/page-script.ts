/** A page that publishes a flash and a beep of a fifth of a second at the beginning of each second, by plain WebRTC. */
const peer = new RTCPeerConnection();
const everyMs = 1000;
const lastsMs = 200;

function flash(now: () => number): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  canvas.width = 320;
  canvas.height = 180;
  const context = canvas.getContext('2d');
  const stream = canvas.captureStream();
  let shown = '';
  let drawnAt = 0;
  setInterval(() => {
    const at = now();
    const colour = at % everyMs < lastsMs ? 'white' : 'black';
    // Looked at often, so that the flash is not late, and drawn as often as a camera takes pictures.
    if (context === null || (colour === shown && at - drawnAt < 30)) return;
    shown = colour;
    drawnAt = at;
    context.fillStyle = colour;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 4);
  const [track] = stream.getVideoTracks();
  if (track === undefined) throw new Error('There is no picture.');
  return track;
}

function beep(audio: AudioContext): MediaStreamTrack {
  const destination = audio.createMediaStreamDestination();
  const loudness = audio.createGain();
  loudness.gain.value = 0;
  const tone = audio.createOscillator();
  tone.connect(loudness).connect(destination);
  tone.start();
  for (let second = 1; second < 120; second += 1) {
    loudness.gain.setValueAtTime(0.5, (second * everyMs) / 1000);
    loudness.gain.setValueAtTime(0, (second * everyMs + lastsMs) / 1000);
  }
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error('There is no sound.');
  return track;
}

const page = {
  /** A picture in each of these codecs, where the browser has it. */
  async offer(codecs: readonly string[]): Promise<string> {
    const audio = new AudioContext();
    await audio.resume();
    const [sound, picture] = [beep(audio), flash(() => audio.currentTime * 1000)];
    const stream = new MediaStream([sound]);
    peer.addTransceiver(sound, { direction: 'sendonly', streams: [stream] });
    for (const codec of codecs) {
      const transceiver = peer.addTransceiver(picture.clone(), { direction: 'sendonly', streams: [stream] });
      const known = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
      const wanted = known.filter(({ mimeType }) => mimeType === `video/${codec}`);
      transceiver.setCodecPreferences([...wanted, ...known.filter((each) => !wanted.includes(each))]);
    }
    await peer.setLocalDescription();
    await new Promise<void>((resolve) => {
      peer.onicegatheringstatechange = () => {
        if (peer.iceGatheringState === 'complete') resolve();
      };
    });
    return peer.localDescription?.sdp ?? '';
  },

  async accept(sdp: string): Promise<void> {
    await peer.setRemoteDescription({ type: 'answer', sdp });
  },
};

export type RecordingPage = typeof page;

Object.assign(globalThis, { recordingPage: page });
