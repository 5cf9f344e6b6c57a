import type { MesiboParticipant } from './room-participant.ts';

/** What the order goes by. */
type Sorted = Pick<MesiboParticipant, 'isMe' | 'isTalking' | 'hasVideo' | 'getName'>;

/** How sortStreams() orders and lays out; what is not given is as here. */
export interface MesiboParticipantSortParams {
  /** Own streams come first. */
  orderedBySelf?: boolean;
  orderedByTalking?: boolean;
  orderedByVideo?: boolean;
  orderedByName?: boolean;
  /** Tiles keep between the two aspect ratios (width by height), and stand in the middle of their cells. */
  forceAspectRatio?: boolean;
  maxHorzAspectRatio?: number;
  /** Spelled as in the headers. */
  minVertAspectRation?: number;
  /** Of all coordinates. */
  multiplier?: number;
}

const defaults = {
  orderedBySelf: true,
  orderedByTalking: true,
  orderedByVideo: true,
  orderedByName: true,
  forceAspectRatio: true,
  maxHorzAspectRatio: 4 / 3,
  minVertAspectRation: 0.8,
  multiplier: 1,
};

export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Orders participants as they are to be shown. Those that are alike keep their order. */
export function ordered<View>(
  views: readonly View[],
  participantOf: (view: View) => Sorted,
  params: MesiboParticipantSortParams = {},
): View[] {
  const { orderedBySelf, orderedByTalking, orderedByVideo, orderedByName } = { ...defaults, ...params };
  const ranked = views.map((view) => {
    const participant = participantOf(view);
    const ranks = [
      orderedBySelf && participant.isMe(),
      orderedByTalking && participant.isTalking(),
      orderedByVideo && participant.hasVideo(),
    ].map(Number);
    return { view, ranks, name: orderedByName ? participant.getName() : '' };
  });
  ranked.sort((one, other) => {
    const place = one.ranks.findIndex((rank, index) => rank !== other.ranks[index]);
    if (place >= 0) return (other.ranks[place] ?? 0) - (one.ranks[place] ?? 0);
    return one.name.localeCompare(other.name);
  });
  return ranked.map(({ view }) => view);
}

/** Places for so many tiles in an area, row by row, as large as they can be. */
export function tilesIn(
  area: { readonly width: number; readonly height: number },
  count: number,
  params: MesiboParticipantSortParams = {},
): Tile[] {
  const all = { ...defaults, ...params };
  let best: { columns: number; tile: Size } | undefined;
  for (let columns = 1; columns <= count; columns += 1) {
    const cell = { width: area.width / columns, height: area.height / Math.ceil(count / columns) };
    const tile = fitting(cell, all);
    if (best === undefined || isLarger(tile, best.tile)) best = { columns, tile };
  }
  if (best === undefined) return [];
  const { columns, tile } = best;
  const rows = Math.ceil(count / columns);
  const { multiplier } = all;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    // The last row may have fewer: they stand in the middle.
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const cell = { width: area.width / inRow, height: area.height / rows };
    const left = (index - row * columns) * cell.width + (cell.width - tile.width) / 2;
    return {
      x: left * multiplier,
      y: (row * cell.height + (cell.height - tile.height) / 2) * multiplier,
      width: tile.width * multiplier,
      height: tile.height * multiplier,
    };
  });
}

type Size = Pick<Tile, 'width' | 'height'>;

/** Of those that are equally large, the one that is more like a square. */
function isLarger(one: Size, other: Size): boolean {
  const [own, others] = [one.width * one.height, other.width * other.height];
  if (Math.abs(own - others) > 1e-6 * others) return own > others;
  return Math.min(one.width, one.height) > Math.min(other.width, other.height);
}

function fitting(cell: { width: number; height: number }, params: typeof defaults) {
  if (!params.forceAspectRatio) return cell;
  const { maxHorzAspectRatio: widest, minVertAspectRation: narrowest } = params;
  const aspect = Math.min(Math.max(cell.width / cell.height, narrowest), widest);
  const width = Math.min(cell.width, cell.height * aspect);
  return { width, height: width / aspect };
}
