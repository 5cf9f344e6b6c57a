/** Statistics of WebRTC of the two ways of a room; undefined for one that is not open. */
export async function peerStats(
  publish: RTCPeerConnection | undefined,
  view: RTCPeerConnection | undefined,
): Promise<Partial<Record<'publish' | 'view', RTCStatsReport>>> {
  return {
    ...(publish === undefined ? {} : { publish: await publish.getStats() }),
    ...(view === undefined ? {} : { view: await view.getStats() }),
  };
}
