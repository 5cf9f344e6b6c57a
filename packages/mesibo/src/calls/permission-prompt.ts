/**
 * Whether the browser is about to ask its user for microphone or camera. False where that cannot be told: not all
 * browsers say it.
 */
export async function willAsk(video: boolean): Promise<boolean> {
  const permissions = typeof navigator === 'undefined' ? undefined : navigator.permissions;
  if (permissions === undefined) return false;
  const names = video ? ['microphone', 'camera'] : ['microphone'];
  try {
    const asked = names.map((name) => permissions.query({ name: name as PermissionName }));
    return (await Promise.all(asked)).some(({ state }) => state === 'prompt');
  } catch {
    return false;
  }
}
