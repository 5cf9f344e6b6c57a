import { limits } from '@stoa/protocol';

/** Pixels along a side of a picture of a user or group, and of the small one beside it. */
const side = 640;
const thumbnailSide = 96;
/** Larger files are not opened here: they could take the page's memory. */
const mostBytes = 40_000_000;

export interface SquarePicture {
  readonly picture: Blob;
  readonly thumbnail?: Uint8Array<ArrayBuffer>;
}

/**
 * The middle of a picture as a square of bounded size, and a small one. Outside of browsers, and when the file cannot be
 * opened, as it is.
 */
export async function squarePicture(file: Blob): Promise<SquarePicture> {
  if (typeof document === 'undefined' || file.size > mostBytes) return { picture: file };
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    // What it is is for the server to say.
    return { picture: file };
  }
  try {
    const picture = await jpeg(bitmap, side, [0.85]);
    const small = await jpeg(bitmap, thumbnailSide, [0.8, 0.5, 0.2]);
    return {
      picture: picture ?? file,
      ...(small !== undefined &&
        small.size <= limits.thumbnailBytes && { thumbnail: new Uint8Array(await small.arrayBuffer()) }),
    };
  } finally {
    bitmap.close();
  }
}

async function jpeg(
  source: ImageBitmap,
  most: number,
  qualities: readonly number[],
): Promise<Blob | undefined> {
  const cut = Math.min(source.width, source.height);
  const size = Math.min(cut, most);
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  // JPEG has no transparency.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, size, size);
  const [left, top] = [(source.width - cut) / 2, (source.height - cut) / 2];
  context.drawImage(source, left, top, cut, cut, 0, 0, size, size);
  let made: Blob | null = null;
  for (const quality of qualities) {
    made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (made !== null && made.size <= limits.thumbnailBytes) break;
  }
  return made ?? undefined;
}
