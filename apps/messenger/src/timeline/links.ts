export interface TextPart {
  /** Where it begins in the text. */
  readonly at: number;
  readonly text: string;
  readonly link: boolean;
}

/** A web address up to white space, without the punctuation that ends the sentence around it. */
const webAddress = /https?:\/\/[^\s<>"']*[^\s<>"'.,:;!?)\]}]/giu;

/** Cuts a text into web addresses and what stands between them. */
export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  const add = (end: number, link: boolean): void => {
    if (end > at) parts.push({ at, text: text.slice(at, end), link });
    at = end;
  };
  for (const { index, 0: address } of text.matchAll(webAddress)) {
    add(index, false);
    add(index + address.length, true);
  }
  add(text.length, false);
  return parts;
}

/** Dials this number: `#` as it is would begin a fragment, which is not dialled. */
export function phoneLink(phone: string): string {
  return `tel:${phone.replace(/[^\d+*#;,.()-]/g, '').replaceAll('#', '%23')}`;
}
