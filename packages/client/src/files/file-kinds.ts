/** Values of the field `type` of a message's file. */
export const fileKinds = { image: 1, video: 2, audio: 3, other: 10 } as const;

export type FileKind = keyof typeof fileKinds;

/** What a file is to people, by its type. */
export function fileKindOf(mime: string): FileKind {
  const [first] = mime.split('/');
  return first === 'image' || first === 'video' || first === 'audio' ? first : 'other';
}
