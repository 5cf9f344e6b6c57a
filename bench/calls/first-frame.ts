/** Part of WebCodecs that the types of the language do not know yet. */
interface TrackProcessor {
  readonly readable: ReadableStream<{ close(): void }>;
}
type TrackProcessorConstructor = new (init: { track: MediaStreamTrack }) => TrackProcessor;

/** Resolves to the time when the first frame of the video that comes has been decoded. */
export async function firstFrame(stream: MediaStream, now: () => number): Promise<number> {
  const Processor = Reflect.get(globalThis, 'MediaStreamTrackProcessor') as TrackProcessorConstructor;
  const reader = new Processor({ track: await videoOf(stream) }).readable.getReader();
  const { value: frame } = await reader.read();
  const seenAt = now();
  frame?.close();
  void reader.cancel();
  return seenAt;
}

/** Browsers tell of tracks that they add to a stream, and not of those that a script adds. */
async function videoOf(stream: MediaStream): Promise<MediaStreamTrack> {
  for (;;) {
    const [track] = stream.getVideoTracks();
    if (track !== undefined) return track;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
