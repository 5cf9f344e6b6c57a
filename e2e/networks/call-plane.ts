/** Tells a publisher which layers of its camera are to be sent. */
export type OnEncodings = (
  name: string,
  encodings: readonly { readonly rid: string; readonly active: boolean }[],
) => void;

/** What forwards the media of a call: ours, or one that it is compared with. */
export interface CallPlane {
  /** Makes a room. */
  begin(onEncodings: OnEncodings): Promise<void>;
  /** Takes the offer of somebody whose first m-line is a microphone, and the second a camera. */
  publish(name: string, sdp: string): Promise<string>;
  /** Makes the offer that shows one the other. */
  view(name: string, of: string): Promise<string>;
  answer(name: string, sdp: string): Promise<void>;
  /** The layer of a camera that somebody is sent now. */
  layer(name: string): Promise<string | undefined>;
  end(): Promise<void>;
  close(): Promise<void>;
}
