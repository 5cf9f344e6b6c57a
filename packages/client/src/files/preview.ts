import { type Content, limits } from '@stoa/protocol';

type Shown = Partial<Pick<NonNullable<Content['file']>, 'width' | 'height' | 'duration' | 'thumbnail'>>;

/** Larger pictures are not opened here: they could take the page's memory. */
const mostPixelBytes = 40_000_000;
const side = 160;
const loadMs = 10_000;

/** What a message shows of a picture or video before it is loaded. Nothing outside of browsers, and when it cannot be made. */
export async function filePreview(file: Blob, mime: string): Promise<Shown> {
  if (typeof document === 'undefined' || file.size > mostPixelBytes) return {};
  try {
    if (mime.startsWith('image/')) return await ofPicture(file);
    if (/^(video|audio)\//.test(mime)) return await ofMedia(file);
  } catch {
    // It is sent without.
  }
  return {};
}

/** A small picture of a picture; undefined outside of browsers, and when it cannot be made. */
export async function thumbnailOf(picture: Blob): Promise<Uint8Array | undefined> {
  return (await filePreview(picture, 'image/*')).thumbnail;
}

async function ofPicture(file: Blob): Promise<Shown> {
  const bitmap = await createImageBitmap(file);
  try {
    return {
      ...sizeOf(bitmap.width, bitmap.height),
      ...(await thumbnail(bitmap, bitmap.width, bitmap.height)),
    };
  } finally {
    bitmap.close();
  }
}

/** The first frame of a video. */
async function ofMedia(file: Blob): Promise<Shown> {
  const video = document.createElement('video');
  const url = URL.createObjectURL(file);
  try {
    video.muted = true;
    video.preload = 'auto';
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(reject, loadMs);
      video.addEventListener('loadeddata', () => resolve(), { once: true });
      video.addEventListener('error', () => reject(new Error('not playable')), { once: true });
      video.src = url;
      video.addEventListener('loadeddata', () => clearTimeout(timer), { once: true });
    });
    const { duration, videoWidth, videoHeight } = video;
    const length = Number.isFinite(duration) ? { duration } : {};
    if (videoWidth === 0) return length;
    return {
      ...length,
      ...sizeOf(videoWidth, videoHeight),
      ...(await thumbnail(video, videoWidth, videoHeight)),
    };
  } finally {
    video.removeAttribute('src');
    URL.revokeObjectURL(url);
  }
}

function sizeOf(width: number, height: number): Shown {
  const isKnown = width >= 1 && height >= 1 && width <= 65_535 && height <= 65_535;
  return isKnown ? { width, height } : {};
}

async function thumbnail(source: CanvasImageSource, width: number, height: number): Promise<Shown> {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (context === null) return {};
  // JPEG has no transparency.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  for (const quality of [0.7, 0.4, 0.1]) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (blob !== null && blob.size <= limits.thumbnailBytes) {
      return { thumbnail: new Uint8Array(await blob.arrayBuffer()) };
    }
  }
  return {};
}
