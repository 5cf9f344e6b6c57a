import { StoaError } from '@stoa/protocol';
import Type, { type TSchema } from 'typebox';

/** Items on a page when nothing else is asked for. */
export const defaultLimit = 20;

/** Query of a list. */
export const PageQuery = Type.Object({
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100,
      default: defaultLimit,
      description: 'Items in the answer at the most.',
    }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: 512, description: '`nextCursor` of the page before; the first page without.' }),
  ),
});

/** A page of a list. */
export function pageOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    data: Type.Array(item),
    nextCursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Pass it as `cursor` for the next page; null on the last one.',
    }),
  });
}

/** Cursors are opaque to callers: where a page ended, in a form that fits into a URL. */
export function encodeCursor(position: string | undefined): string | null {
  return position === undefined ? null : Buffer.from(position).toString('base64url');
}

/** @throws StoaError BAD_REQUEST */
export function decodeCursor(cursor: string): string {
  const position = Buffer.from(cursor, 'base64url').toString('utf8');
  if (position === '' || encodeCursor(position) !== cursor) {
    throw new StoaError('BAD_REQUEST', '"cursor" is not one that this API gave.', {
      hint: 'Pass nextCursor of the page before, unchanged.',
    });
  }
  return position;
}
