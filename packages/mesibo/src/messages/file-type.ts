import {
  MESIBO_FILETYPE_AUDIO,
  MESIBO_FILETYPE_IMAGE,
  MESIBO_FILETYPE_OTHER,
  MESIBO_FILETYPE_VIDEO,
} from '../constants/file.ts';

const types: readonly (readonly [RegExp, number])[] = [
  [/^(jpe?g|png|gif|webp|avif|bmp|heic|svg)$/, MESIBO_FILETYPE_IMAGE],
  [/^(mp4|m4v|webm|mov|mkv|avi|3gp)$/, MESIBO_FILETYPE_VIDEO],
  [/^(mp3|m4a|aac|ogg|oga|opus|wav|flac|amr)$/, MESIBO_FILETYPE_AUDIO],
];

/** MESIBO_FILETYPE_* by the ending of a path or URL. */
export function fileTypeOf(path: string): number {
  const ending = /\.(\w+)(?:[?#].*)?$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return types.find(([endings]) => endings.test(ending))?.[1] ?? MESIBO_FILETYPE_OTHER;
}
