/** A forwarder on werift: ICE, DTLS and SRTP in TypeScript. Every packet to everybody, numbers rewritten by the library. */
import { MediaStreamTrack, RTCPeerConnection, useVP8 } from 'werift';
import { serve } from '../peer-process.ts';
import type { Forwarder } from './engine.ts';

const config = {
  codecs: { video: [useVP8({ payloadType: 96 })] },
  iceServers: [],
  iceUseIpv6: false,
  iceAdditionalHostAddresses: ['127.0.0.1'],
};
const viewers = new Map<string, RTCPeerConnection>();
/** By publisher. */
const routes = new Map<string, MediaStreamTrack[]>();

const forwarder: Forwarder = {
  async publish(participant, _, sdp) {
    const targets: MediaStreamTrack[] = [];
    routes.set(participant, targets);
    const peer = new RTCPeerConnection(config);
    peer.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe((packet) => {
        for (const target of targets) target.writeRtp(packet);
      });
    });
    await peer.setRemoteDescription({ type: 'offer', sdp });
    await peer.setLocalDescription(await peer.createAnswer());
    return peer.localDescription?.sdp ?? '';
  },
  async view(participant, publishers) {
    const peer = new RTCPeerConnection(config);
    viewers.set(participant, peer);
    for (const publisher of publishers) {
      const track = new MediaStreamTrack({ kind: 'video' });
      peer.addTransceiver(track, { direction: 'sendonly' });
      routes.get(publisher)?.push(track);
    }
    await peer.setLocalDescription(await peer.createOffer());
    return peer.localDescription?.sdp ?? '';
  },
  async answer(participant, sdp) {
    await viewers.get(participant)?.setRemoteDescription({ type: 'answer', sdp });
  },
};

serve(forwarder);
