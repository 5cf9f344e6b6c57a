/** One stream of a recording, as a file on this machine. */
export interface ComposedFile {
  readonly path: string;
  readonly kind: 'camera' | 'microphone' | 'screen' | 'screenSound';
  /** Milliseconds of the recording. */
  readonly startMs: number;
  /** Null when it goes on to the end. */
  readonly endMs: number | null;
}

const cell = { width: 640, height: 360 };
const framesPerSecond = 25;

/**
 * What ffmpeg is told, to make one film: pictures side by side while they are there, all voices mixed. It is as long as the
 * recording, or, where nobody could write down how long that was, as the longest of its files.
 *
 * @example
 * compositionArguments([{ path: 'mic.webm', kind: 'microphone', startMs: 0, endMs: 1000 }], 1000, 'all.mp4');
 */
export function compositionArguments(
  files: readonly ComposedFile[],
  durationMs: number | undefined,
  out: string,
): string[] {
  const indexed = files.map((file, index) => ({ ...file, index }));
  const pictures = indexed.filter(({ kind }) => kind === 'camera' || kind === 'screen');
  const sounds = indexed.filter(({ kind }) => kind === 'microphone' || kind === 'screenSound');
  const filters = [
    ...pictures.map((file) => pictureFilter(file, durationMs)),
    ...(pictures.length === 0 ? [] : [gridFilter(pictures.map(({ index }) => index))]),
    // Silence where nothing was sent, so that what comes after stays where it was.
    ...sounds.map(
      ({ index, startMs }) => `[${index}:a]aresample=async=1:first_pts=0,adelay=${startMs}:all=1[s${index}]`,
    ),
    ...(sounds.length === 0
      ? []
      : [
          `${sounds.map(({ index }) => `[s${index}]`).join('')}amix=inputs=${sounds.length}:normalize=0[sound]`,
        ]),
  ];
  return [
    ...['-hide_banner', '-loglevel', 'error', '-y'],
    ...files.flatMap(({ path }) => ['-i', path]),
    ...['-filter_complex', filters.join(';')],
    ...(pictures.length === 0 ? [] : ['-map', '[picture]', '-pix_fmt', 'yuv420p']),
    ...(sounds.length === 0 ? [] : ['-map', '[sound]']),
    ...(durationMs === undefined ? [] : ['-t', seconds(durationMs)]),
    out,
  ];
}

function pictureFilter(
  { index, startMs, endMs }: ComposedFile & { index: number },
  durationMs: number | undefined,
): string {
  const { width, height } = cell;
  const after = endMs === null || durationMs === undefined ? 0 : Math.max(0, durationMs - endMs);
  return [
    `[${index}:v]fps=${framesPerSecond}`,
    `scale=${width}:${height}:force_original_aspect_ratio=decrease`,
    `pad=${width}:${height}:-1:-1`,
    'setsar=1',
    `tpad=start_duration=${seconds(startMs)}:stop_duration=${seconds(after)}:color=black[p${index}]`,
  ].join(',');
}

/** As many columns as rows, or one more. */
function gridFilter(indices: readonly number[]): string {
  const inputs = indices.map((index) => `[p${index}]`).join('');
  if (indices.length === 1) return `${inputs}null[picture]`;
  const columns = Math.ceil(Math.sqrt(indices.length));
  const places = indices.map((_, place) => {
    const x = (place % columns) * cell.width;
    const y = Math.floor(place / columns) * cell.height;
    return `${x}_${y}`;
  });
  return `${inputs}xstack=inputs=${indices.length}:layout=${places.join('|')}:fill=black[picture]`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
