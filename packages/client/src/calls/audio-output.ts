/** An element that can play on a device of the user's choice; not all browsers let it. */
type Playing = HTMLMediaElement & { setSinkId?: (id: string) => Promise<void> };

/**
 * Plays the elements on a speaker of `client.calls.devices()`. False where the browser does not let a page choose.
 *
 * @example
 * await setSpeaker([document.querySelector('audio')], speaker.id);
 */
export async function setSpeaker(elements: readonly HTMLMediaElement[], deviceId: string): Promise<boolean> {
  const playing: readonly Playing[] = elements;
  if (playing.some(({ setSinkId }) => setSinkId === undefined)) return false;
  await Promise.all(playing.map((element) => element.setSinkId?.(deviceId)));
  return true;
}
